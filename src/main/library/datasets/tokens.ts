/** A dataset as a model sees it: the lengths of its texts in tokens, and its first sequences token by token. */
import { readModelConfig } from '@main/formats/model-config'
import { encodeAnswer, encodePrompt, type PromptFormat } from '@main/text/tokenizer/prompt'
import { labelsOf } from '@main/text/tokenizer/token-label'
import type { Tokenizer } from '@main/text/tokenizer/tokenizer'
import type { BatchSequence, BatchToken, DatasetBatch, DatasetLengths, LengthBins } from '@shared/contract/datasets'
import { GpoError } from '@shared/errors'
import type { Dataset, Example } from '@shared/schemas/dataset'
import { startWork } from '../pause'
import { openTokenizer } from '../tokenizers'

/** Time limit for counting in milliseconds; the number of counted rows is reported. */
const MAX_TIME = 6000
const MAX_BINS = 40
const BATCH = 8
/** Tokens of one text that are shown. */
const MAX_SHOWN = 1500

/** Round bin widths: 1, 2, 5, 10, 20 … */
export function binWidth(range: number, bins: number): number {
  const exact = Math.max(1, range / bins)
  const power = 10 ** Math.floor(Math.log10(exact))
  return [1, 2, 5, 10].map((step) => step * power).find((width) => width >= exact - 1e-9) ?? 10 * power
}

/** @param lengths not empty */
export function binsOf(lengths: readonly number[]): LengthBins {
  const sorted = lengths.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
  const [min, max] = [at(0), at(1)]
  const width = binWidth(max - min + 1, MAX_BINS)
  const start = Math.floor(min / width) * width
  const counts = Array.from({ length: Math.floor((max - start) / width) + 1 }, () => 0)
  for (const length of sorted) counts[Math.floor((length - start) / width)]!++ // the array goes from min to max
  const edges = Array.from({ length: counts.length + 1 }, (_, i) => start + i * width)
  return { edges, counts, min, median: at(0.5), p95: at(0.95), max }
}

/** Lengths of the prompts as given to the model, and of the texts after them. @throws {GpoError} 'data', 'model' */
export async function countLengths(dataset: Dataset, folder: string, format: PromptFormat): Promise<DatasetLengths> {
  const tokenizer = openTokenizer(folder)
  const { maxPositions } = readModelConfig(folder)
  const hasCompletions = dataset.examples.some(({ completion }) => completion !== undefined)
  const [prompts, answers]: [number[], number[]] = [[], []]
  const work = startWork(MAX_TIME)
  let tooLong = 0
  for (const example of dataset.examples) {
    const prompt = encodePrompt(format, tokenizer, example).length
    const text = hasCompletions ? (example.completion ?? '') : example.reference
    const answer = encodeAnswer(format, tokenizer, example, text).length
    prompts.push(prompt)
    answers.push(answer)
    if (prompt + (hasCompletions ? answer : 0) + 1 > maxPositions) tooLong++
    await work.breathe()
    if (work.isOver()) break
  }
  const answerIs = hasCompletions ? 'completion' : 'reference'
  const [counted, total] = [prompts.length, dataset.examples.length]
  return { counted, total, prompt: binsOf(prompts), answer: binsOf(answers), answerIs, context: maxPositions, tooLong }
}

function shownTokens(tokenizer: Tokenizer, ids: Int32Array): BatchToken[] {
  const shown = ids.subarray(0, MAX_SHOWN)
  const labels = labelsOf(tokenizer, shown)
  return [...shown].map((id, i) => ({ id, ...labels[i]! }))
}

/** The texts that follow a row's prompt, by kind. */
function completionsOf(example: Example): readonly { readonly label: string | null; readonly text: string }[] {
  if ('rejected' in example && typeof example.rejected === 'string')
    return [
      { label: 'chosen', text: example.completion ?? '' },
      { label: 'rejected', text: example.rejected },
    ]
  if (example.completion === undefined) return []
  const label = 'label' in example ? (example.label ? 'desirable' : 'undesirable') : null
  return [{ label, text: example.completion }]
}

/** The first rows, in the order of the file. @throws {GpoError} 'data', 'model' */
export function firstBatch(dataset: Dataset, folder: string, format: PromptFormat): DatasetBatch {
  const tokenizer = openTokenizer(folder)
  const stop = tokenizer.eosTokenIds[0] ?? readModelConfig(folder).eosTokenIds[0]
  if (stop === undefined)
    throw new GpoError('model', `${folder} does not name an end-of-text token: add "eos_token_id".`)
  const sequences = dataset.examples.slice(0, BATCH).flatMap((example): BatchSequence[] => {
    const { row, reference } = example
    const ids = encodePrompt(format, tokenizer, example)
    const prompt = shownTokens(tokenizer, ids)
    const common = { row, reference, prompt, promptLength: ids.length }
    const completions = completionsOf(example)
    if (completions.length === 0) return [{ ...common, label: null, completion: [], completionLength: 0 }]
    return completions.map(({ label, text }) => {
      const body = Int32Array.from([...encodeAnswer(format, tokenizer, example, text), stop])
      return { ...common, label, completion: shownTokens(tokenizer, body), completionLength: body.length }
    })
  })
  return { sequences, hasChatTemplate: tokenizer.hasChatTemplate }
}
