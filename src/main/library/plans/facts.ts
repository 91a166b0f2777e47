/** The facts about a plan's model and data that its checks need. Reads config, tokenizer and rows, but no tensor. */

import { storedTargets } from '@main/formats/projections'
import { datasetPath, modelPath } from '@main/paths'
import { GpoError } from '@shared/errors'
import type { DataFacts, PlanFacts } from '@shared/plan/facts'
import { rowNumber } from '@shared/row-number'
import type { Dataset } from '@shared/schemas/dataset'
import type { DataFile, Plan } from '@shared/schemas/plan'
import { shown } from '@shared/shown'
import { openDataset, stampOf } from '../datasets/summary'
import { checkAdapterFits, withOwnAdapter } from '../models/adapter'
import { lookAtModel } from '../models/look'
import { runTextTask } from '../text-work/run'

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

async function trialOf(plan: Plan, dataset: Dataset): Promise<DataFacts['trial']> {
  if (plan.objective.kind === 'sft' || dataset.kind !== 'verifiable') return null
  const { tried, statuses, rows } = await runTextTask('trial', dataset, plan.verifier)
  const failed = rows.find(({ status }) => status !== 'correct')
  const short = failed && `row ${rowNumber(failed.row)}: ${shown(failed.reference, 40)}`
  return {
    tried,
    unreadable: tried - statuses.correct,
    firstProblem: failed ? (failed.problem ?? short ?? null) : null,
  }
}

const formatOf = ({ data: { template, chatTemplate, chatTemplateName } }: Plan) => ({
  template,
  chatTemplate,
  chatTemplateName,
})

/** @param isTried whether the rows' own answers are judged too */
async function dataFacts(plan: Plan, file: DataFile, isTried: boolean): Promise<DataFacts> {
  const { dataset, examples } = await loadPlanData(file)
  const [first] = dataset.badRows
  return {
    kind: dataset.kind,
    rows: examples.length,
    badRows: dataset.badRowCount,
    firstBad: first ? `line ${first.line}: ${first.reason}` : null,
    withReference: examples.filter(({ reference }) => reference !== '').length,
    withCompletion: examples.filter(({ completion }) => completion !== undefined).length,
    ...(await runTextTask('tokens', modelPath(plan.model.path), formatOf(plan), examples)),
    trial: isTried ? await trialOf(plan, dataset) : null,
  }
}

/** The last facts, by their inputs. */
const MAX_KEPT = 8
const kept = new Map<string, Promise<DataFacts>>()

async function keptFacts(plan: Plan, file: DataFile, isTried: boolean): Promise<DataFacts> {
  const { template, chatTemplate, chatTemplateName } = plan.data
  const trial = isTried && [plan.verifier, plan.objective.kind === 'sft']
  const { stamp } = await stampOf(datasetPath(file.path), file)
  const key = JSON.stringify([plan.model.path, file, stamp, template, chatTemplate, chatTemplateName, trial])
  const known = kept.get(key) ?? dataFacts(plan, file, isTried)
  kept.delete(key)
  kept.set(key, known)
  known.catch(() => kept.delete(key))
  const oldest = kept.keys().next().value
  if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest)
  return known
}

/** @throws {GpoError} 'model' */
async function modelFacts(plan: Plan): Promise<PlanFacts['model']> {
  const folder = modelPath(plan.model.path)
  const { problem, config, weights } = lookAtModel(folder)
  if (problem !== null || !config || !weights) throw new GpoError('model', problem ?? `${folder} cannot be read.`)
  const { hiddenSize, intermediateSize, layers, heads, kvHeads, headDim, vocabSize, maxPositions } = config
  const { isFused, norms, attentionSoftcap, logitSoftcap } = config
  const features = { isFused, norms, attentionSoftcap, logitSoftcap }
  const shape = { hiddenSize, intermediateSize, layers, heads, kvHeads, headDim, vocabSize, ...features }
  const { hasChatTemplate, chatTemplates } = await runTextTask('tokenizer', folder, null)
  const { parameters, dtypes } = weights
  const quantised = [...dtypes.keys()].filter((dtype) => !/^B?F\d+$/.test(dtype))
  const about = { parameters, context: maxPositions, hasChatTemplate, chatTemplates, quantised }
  return { ...shape, ...about }
}

/** @throws {GpoError} 'plan' for a part of a matrix of the checkpoint without the others */
function checkTargets({ adaptation }: Plan, isFused: boolean): void {
  if (adaptation.kind === 'lora') storedTargets(adaptation.targets, isFused)
}

/** @throws the setting that cannot be used, as `PlanProblem` */
export async function planFacts(plan: Plan): Promise<PlanFacts> {
  const model = await blamed('model.path', () => modelFacts(plan))
  await blamed('adaptation.targets', () => checkTargets(plan, model.isFused ?? false))
  await blamed('adaptation.from', () => checkAdapterFits(withOwnAdapter(plan), modelPath(plan.model.path)))
  const { train, eval: held } = plan.data
  const evaluation = held && { ...held, limit: Math.min(plan.evaluation.limit, held.limit ?? plan.evaluation.limit) }
  return {
    model,
    train: await blamed('data.train.path', () => keptFacts(plan, train, true)),
    evaluation: evaluation ? await blamed('data.eval.path', () => keptFacts(plan, evaluation, false)) : null,
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
