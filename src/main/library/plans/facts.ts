/** The facts about a plan's model and data that its checks need. Reads config, tokenizer and rows, but no tensor. */

import { storedTargets } from '@main/formats/projections'
import { datasetPath, modelPath } from '@main/paths'
import { encodeAnswer, encodePrompt } from '@main/text/tokenizer/prompt'
import type { Tokenizer } from '@main/text/tokenizer/tokenizer'
import { GpoError } from '@shared/errors'
import type { DataFacts, LengthFacts, PlanFacts } from '@shared/plan/facts'
import { rowNumber } from '@shared/row-number'
import type { Dataset, Example } from '@shared/schemas/dataset'
import type { DataFile, Plan } from '@shared/schemas/plan'
import { shown } from '@shared/shown'
import { openDataset, stampOf } from '../datasets/summary'
import { tryVerifier } from '../datasets/trial'
import { checkAdapterFits, withOwnAdapter } from '../models/adapter'
import { lookAtModel } from '../models/look'
import { startWork } from '../pause'
import { openTokenizer } from '../tokenizers'

/** Time limit for counting the tokens of one dataset, in milliseconds. */
const MAX_TIME = 1500

export interface LoadedData {
  readonly dataset: Dataset
  /** The plan's first rows. */
  readonly examples: Dataset['examples']
}

/** The rows of a plan's file, from memory if they were read before. @throws {GpoError} 'data' */
export async function loadPlanData(file: DataFile): Promise<LoadedData> {
  const path = datasetPath(file.path)
  const { summary, dataset } = await openDataset(path, file)
  if (!dataset) throw new GpoError('data', summary.problem ?? `${path} cannot be read.`)
  return { dataset, examples: dataset.examples.slice(0, file.limit) }
}

function lengthFacts(lengths: readonly { readonly row: number; readonly tokens: number }[]): LengthFacts {
  const sorted = lengths.toSorted((a, b) => a.tokens - b.tokens)
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]?.tokens ?? 0
  return { median: at(0.5), p95: at(0.95), max: at(1), longestRow: sorted.at(-1)?.row ?? 0 }
}

/** Both completions of a pair. */
const completionsOf = ({ completion, rejected }: Example): string[] =>
  [completion, rejected].filter((text) => text !== undefined)

async function countTokens(plan: Plan, tokenizer: Tokenizer, examples: Dataset['examples']) {
  const [prompts, completions]: [{ row: number; tokens: number }[], { row: number; tokens: number }[]] = [[], []]
  // A missing template is reported separately; lengths without it are close enough for the other checks.
  const { chatTemplate, chatTemplateName: name } = plan.data
  const isThere = name === undefined ? tokenizer.hasChatTemplate : tokenizer.chatTemplates.includes(name)
  const format = { ...plan.data, chatTemplate: chatTemplate && isThere }
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

async function trialOf(plan: Plan, dataset: Dataset): Promise<DataFacts['trial']> {
  if (plan.objective.kind === 'sft' || dataset.kind !== 'verifiable') return null
  const { tried, statuses, rows } = await tryVerifier(dataset, plan.verifier)
  const failed = rows.find(({ status }) => status !== 'correct')
  const short = failed && `row ${rowNumber(failed.row)}: ${shown(failed.reference, 40)}`
  return {
    tried,
    unreadable: tried - statuses.correct,
    firstProblem: failed ? (failed.problem ?? short ?? null) : null,
  }
}

/** @param isTried whether the rows' own answers are judged too */
async function dataFacts(plan: Plan, file: DataFile, tokenizer: Tokenizer, isTried: boolean): Promise<DataFacts> {
  const { dataset, examples } = await loadPlanData(file)
  const [first] = dataset.badRows
  return {
    kind: dataset.kind,
    rows: examples.length,
    badRows: dataset.badRowCount,
    firstBad: first ? `line ${first.line}: ${first.reason}` : null,
    withReference: examples.filter(({ reference }) => reference !== '').length,
    withCompletion: examples.filter(({ completion }) => completion !== undefined).length,
    ...(await countTokens(plan, tokenizer, examples)),
    trial: isTried ? await trialOf(plan, dataset) : null,
  }
}

/** The last facts, by their inputs. */
const MAX_KEPT = 8
const kept = new Map<string, Promise<DataFacts>>()

async function keptFacts(plan: Plan, file: DataFile, tokenizer: Tokenizer, isTried: boolean): Promise<DataFacts> {
  const { template, chatTemplate, chatTemplateName } = plan.data
  const trial = isTried && [plan.verifier, plan.objective.kind === 'sft']
  const { stamp } = await stampOf(datasetPath(file.path), file)
  const key = JSON.stringify([plan.model.path, file, stamp, template, chatTemplate, chatTemplateName, trial])
  const known = kept.get(key) ?? dataFacts(plan, file, tokenizer, isTried)
  kept.delete(key)
  kept.set(key, known)
  known.catch(() => kept.delete(key))
  const oldest = kept.keys().next().value
  if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest)
  return known
}

/** @throws {GpoError} 'model' */
function modelFacts(plan: Plan): { readonly model: PlanFacts['model']; readonly tokenizer: Tokenizer } {
  const folder = modelPath(plan.model.path)
  const { problem, config, weights } = lookAtModel(folder)
  if (problem !== null || !config || !weights) throw new GpoError('model', problem ?? `${folder} cannot be read.`)
  const tokenizer = openTokenizer(folder)
  const { hiddenSize, intermediateSize, layers, heads, kvHeads, headDim, vocabSize, maxPositions } = config
  const { isFused, norms, attentionSoftcap, logitSoftcap } = config
  const features = { isFused, norms, attentionSoftcap, logitSoftcap }
  const shape = { hiddenSize, intermediateSize, layers, heads, kvHeads, headDim, vocabSize, ...features }
  const { hasChatTemplate, chatTemplates } = tokenizer
  const { parameters, dtypes } = weights
  const quantised = [...dtypes.keys()].filter((dtype) => !/^B?F\d+$/.test(dtype))
  const about = { parameters, context: maxPositions, hasChatTemplate, chatTemplates, quantised }
  return { model: { ...shape, ...about }, tokenizer }
}

/** @throws {GpoError} 'plan' for a part of a matrix of the checkpoint without the others */
function checkTargets({ adaptation }: Plan, isFused: boolean): void {
  if (adaptation.kind === 'lora') storedTargets(adaptation.targets, isFused)
}

/** @throws the setting that cannot be used, as `PlanProblem` */
export async function planFacts(plan: Plan): Promise<PlanFacts> {
  const { model, tokenizer } = await blamed('model.path', () => modelFacts(plan))
  await blamed('adaptation.targets', () => checkTargets(plan, model.isFused ?? false))
  await blamed('adaptation.from', () => checkAdapterFits(withOwnAdapter(plan), modelPath(plan.model.path)))
  const { train, eval: held } = plan.data
  const evaluation = held && { ...held, limit: Math.min(plan.evaluation.limit, held.limit ?? plan.evaluation.limit) }
  return {
    model,
    train: await blamed('data.train.path', () => keptFacts(plan, train, tokenizer, true)),
    evaluation: evaluation ? await blamed('data.eval.path', () => keptFacts(plan, evaluation, tokenizer, false)) : null,
  }
}

/** An expected failure with the setting it is about. */
export class PlanProblem extends Error {
  constructor(
    readonly path: string,
    cause: GpoError,
  ) {
    super(cause.message, { cause })
  }
}

async function blamed<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof GpoError ? new PlanProblem(path, error) : error
  }
}
