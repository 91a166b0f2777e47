/** The lengths of a plan's rows in tokens, for its checks. */
import { encodeAnswer, encodePrompt, type PromptFormat } from '@main/text/tokenizer/prompt'
import type { LengthFacts } from '@shared/plan/facts'
import type { Example } from '@shared/schemas/dataset'
import { startWork } from '../pause'
import { openTokenizer } from '../tokenizers'

/** Time limit for counting the tokens of one dataset, in milliseconds. */
const MAX_TIME = 1500

function lengthFacts(lengths: readonly { readonly row: number; readonly tokens: number }[]): LengthFacts {
  const sorted = lengths.toSorted((a, b) => a.tokens - b.tokens)
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]?.tokens ?? 0
  return { median: at(0.5), p95: at(0.95), max: at(1), longestRow: sorted.at(-1)?.row ?? 0 }
}

/** Both completions of a pair. */
const completionsOf = ({ completion, rejected }: Example): string[] =>
  [completion, rejected].filter((text) => text !== undefined)

/** @throws {GpoError} 'data', 'model' */
export async function countTokens(folder: string, data: PromptFormat, examples: readonly Example[]) {
  const tokenizer = openTokenizer(folder)
  const [prompts, completions]: [{ row: number; tokens: number }[], { row: number; tokens: number }[]] = [[], []]
  // A missing template is reported separately; lengths without it are close enough for the other checks.
  const { chatTemplate, chatTemplateName: name } = data
  const isThere = name === undefined ? tokenizer.hasChatTemplate : tokenizer.chatTemplates.includes(name)
  const format = { ...data, chatTemplate: chatTemplate && isThere }
  const work = startWork(MAX_TIME)
  for (const example of examples) {
    const { row } = example
    prompts.push({ row, tokens: encodePrompt(format, tokenizer, example).length })
    const tokens = completionsOf(example).map((text) => encodeAnswer(format, tokenizer, example, text).length)
    if (tokens.length > 0) completions.push({ row, tokens: Math.max(...tokens) })
    await work.breathe()
    if (work.isOver()) break
  }
  return {
    counted: prompts.length,
    prompt: lengthFacts(prompts),
    completion: completions.length > 0 ? lengthFacts(completions) : null,
  }
}
