/** Problems of a plan with its model and data. Pure: the program reads the files, this judges the facts. */

import { isGuided } from '../method/guided'
import type { RecordKind } from '../method/offline'
import { isPairwise, offlineUse, offlineUseOf } from '../method/offline'
import { rowNumber } from '../row-number'
import type { Plan } from '../schemas/plan'
import { issue, type PlanIssue } from './issue'
import { type ModelShape, microbatchTokens } from './memory-estimate'

/** Tokens. */
export interface LengthFacts {
  readonly median: number
  readonly p95: number
  readonly max: number
  /** The row that is longest. */
  readonly longestRow: number
}

export interface DataFacts {
  readonly kind: RecordKind
  readonly rows: number
  readonly badRows: number
  /** "line 7: no answer" */
  readonly firstBad: string | null
  readonly withReference: number
  readonly withCompletion: number
  /** Rows whose tokens were counted; all, or the first ones. */
  readonly counted: number
  readonly prompt: LengthFacts
  /** For pairs, the longer one. Null if no row has a completion. */
  readonly completion: LengthFacts | null
  /** The rows' own answers, judged by the plan's verifier; null if nothing is judged. */
  readonly trial: {
    readonly tried: number
    readonly unreadable: number
    readonly firstProblem: string | null
  } | null
}

export interface PlanFacts {
  readonly model: ModelShape & {
    readonly hasChatTemplate: boolean
    readonly chatTemplates?: readonly string[]
    /** Types of blocks its weights are stored in, such as Q4_K. */
    readonly quantised?: readonly string[]
  }
  readonly train: DataFacts
  readonly evaluation: DataFacts | null
}

const count = (n: number) => n.toLocaleString('en-US')
const percent = (share: number) => `${Math.round(100 * share)} %`

/** Whether the training rows' own completions are trained on, and nothing is sampled. */
export const isOffline = (plan: Plan, { kind }: Pick<DataFacts, 'kind'>): boolean =>
  plan.objective.kind === 'sft' || offlineUseOf(plan, kind) !== null

function lengthIssues(plan: Plan, context: number, facts: DataFacts, path: string): (PlanIssue | false)[] {
  const isImitated = isOffline(plan, facts) && path === 'data.train.path'
  const added = isImitated ? (facts.completion?.max ?? 0) + 1 : plan.rollout.maxNewTokens
  const room = context - facts.prompt.max
  if (facts.prompt.max + added <= context) return []
  // If even the median row does not fit, most rows would be left out.
  const isMostly = facts.prompt.median + (isImitated ? (facts.completion?.median ?? 0) + 1 : added) <= context
  if (plan.data.tooLong === 'leaveOut' && isMostly) {
    const found = `Row ${rowNumber(facts.prompt.longestRow)} has ${count(facts.prompt.max)} prompt tokens, the model ${count(context)} positions`
    return [issue('warning', path, `${found}: rows that leave no room for what follows are left out.`)]
  }
  if (isImitated || room < 1) {
    const found = `Row ${rowNumber(facts.prompt.longestRow)} has ${count(facts.prompt.max)} prompt tokens${isImitated ? `, and completions have up to ${count(added)}` : ''}`
    return [issue('error', path, `${found}; the model has ${count(context)} positions. Remove such rows.`)]
  }
  const found = `The longest prompt (row ${rowNumber(facts.prompt.longestRow)}) has ${count(facts.prompt.max)} tokens, the model ${count(context)} positions`
  return [issue('error', 'rollout.maxNewTokens', `${found}: ${count(room)} at most, or remove the row.`)]
}

function rowIssues(facts: DataFacts, path: string): (PlanIssue | false)[] {
  const { badRows, firstBad, rows } = facts
  return [
    badRows > 0 &&
      issue(
        badRows > rows ? 'warning' : 'hint',
        path,
        `${count(badRows)} of ${count(badRows + rows)} rows cannot be used and are left out (first: ${firstBad}).`,
      ),
  ]
}

function trialIssues({ trial }: DataFacts, path: string): (PlanIssue | false)[] {
  if (!trial || trial.tried === 0 || trial.unreadable === 0) return []
  const share = trial.unreadable / trial.tried
  const found = `The verifier does not accept ${percent(share)} of the rows’ own answers${trial.firstProblem ? ` (${trial.firstProblem})` : ''}`
  return [
    issue(share > 0.9 ? 'error' : share > 0.02 ? 'warning' : 'hint', path, `${found}: try it on the page Datasets.`),
  ]
}

/** What trains on rows that have no reference answers. */
const DIRECT = {
  preference: 'DPO, SimPO or ORPO, without GPO',
  unpaired: 'KTO, without GPO',
  completion: 'SFT',
} as const

function noReferences({ objective }: Plan, { kind }: DataFacts): PlanIssue {
  const direct = offlineUse({ objective }, kind)
  const cure =
    direct !== null
      ? `, or set gpo.criticalStep to none to train on its ${direct} directly`
      : kind === 'verifiable'
        ? ''
        : `, or train on it directly: ${DIRECT[kind]}`
  return issue(
    'error',
    'data.train.path',
    `It has no reference answers, so rollouts cannot be judged: map a column to answer${cure}.`,
  )
}

function trainIssues(plan: Plan, facts: DataFacts): (PlanIssue | false)[] {
  const { rows, withReference, withCompletion } = facts
  const prompts = plan.budget.promptsPerIteration
  const isSft = plan.objective.kind === 'sft'
  const missing = rows - withCompletion
  const use = isSft ? null : offlineUseOf(plan, facts.kind)
  return [
    isSft &&
      missing > 0 &&
      issue(
        'error',
        'data.train.path',
        `${count(missing)} of ${count(rows)} rows have no completion to imitate: SFT needs them, the other objectives sample their own.`,
      ),
    !isOffline(plan, facts) && withReference === 0 && noReferences(plan, facts),
    use !== null &&
      issue('hint', 'data.train.path', `The run trains on its ${use} directly: nothing is sampled, nothing is judged.`),
    prompts > rows &&
      issue(
        'warning',
        'budget.promptsPerIteration',
        `There are ${count(rows)} rows: some are asked more than once in an iteration.`,
      ),
  ]
}

function templateIssues(
  { data }: Plan,
  { hasChatTemplate, chatTemplates = [] }: PlanFacts['model'],
): (PlanIssue | false)[] {
  const { chatTemplate: isOn, chatTemplateName: name } = data
  const names = chatTemplates.join(', ')
  if (isOn && chatTemplates.length > 0 && (name === undefined ? !hasChatTemplate : !chatTemplates.includes(name))) {
    const found =
      name === undefined ? 'The model has no default chat template' : `The model has no chat template “${name}”`
    return [issue('error', 'data.chatTemplateName', `${found}: choose one of ${names}.`)]
  }
  return [
    isOn &&
      !hasChatTemplate &&
      name === undefined &&
      issue(
        'error',
        'data.chatTemplate',
        'The model has no chat template: switch it off, or choose an instruct model.',
      ),
    isOn &&
      name !== undefined &&
      chatTemplates.length === 0 &&
      issue(
        'error',
        'data.chatTemplateName',
        `The model has no chat template “${name}”, nor any other: switch it off.`,
      ),
    !isOn &&
      hasChatTemplate &&
      issue('hint', 'data.chatTemplate', 'The model has a chat template: it answers best when asked with it.'),
  ]
}

/** What a file keeps in a few bits is not kept so in memory. */
function wideningIssues({ adaptation }: Plan, { quantised = [], parameters }: PlanFacts['model']): PlanIssue[] {
  if (quantised.length === 0) return []
  const stored = `The file keeps its weights as ${quantised.join(', ')}`
  const size = (bytes: number) => `${count(Math.round((bytes * parameters) / 1e6))} MB`
  if (adaptation.kind === 'full')
    return [
      issue('hint', 'adaptation.kind', `${stored}; all are trained, and exported, as 32-bit numbers: ${size(4)}.`),
    ]
  if (adaptation.base !== 'float32') return []
  const half = `16 bits are enough for them (${size(2)}): the rounding is far below the file’s own`
  return [issue('hint', 'adaptation.base', `${stored}; in memory they become 32-bit numbers, ${size(4)}. ${half}.`)]
}

function modelIssues(plan: Plan, { model, train }: PlanFacts): (PlanIssue | false)[] {
  const { adaptation, optimiser, budget } = plan
  const completion = isOffline(plan, train) ? (train.completion?.max ?? 0) : plan.rollout.maxNewTokens
  const pass = microbatchTokens(plan, train.prompt.max, completion)
  return [
    ...templateIssues(plan, model),
    ...wideningIssues(plan, model),
    adaptation.kind === 'lora' &&
      adaptation.r > Math.min(model.hiddenSize, model.kvHeads * model.headDim) &&
      issue(
        'warning',
        'adaptation.r',
        `Larger than the narrowest projection (${Math.min(model.hiddenSize, model.kvHeads * model.headDim)}): a larger rank adds nothing.`,
      ),
    adaptation.kind === 'full' &&
      model.parameters > 1e8 &&
      optimiser.learningRate > 5e-5 &&
      issue(
        'warning',
        'optimiser.learningRate',
        `High for all of ${count(Math.round(model.parameters / 1e6))} million parameters: 1e-6 to 1e-5 is usual.`,
      ),
    pass > budget.microbatchTokens &&
      issue(
        'hint',
        'budget.microbatchTokens',
        `The longest ${isPairwise(plan.objective.kind) ? 'pair' : 'sequence'} alone may have ${count(pass)}: it gets its own pass.`,
      ),
    isGuided(plan) &&
      plan.rollout.maxNewTokens < 2 * plan.gpo.segmentation.minStepTokens &&
      issue('warning', 'rollout.maxNewTokens', 'Too short for two steps.'),
  ]
}

export function checkFacts(plan: Plan, facts: PlanFacts): PlanIssue[] {
  const { model, train, evaluation } = facts
  const isJudged = !isOffline(plan, train)
  const trainLengths = lengthIssues(plan, model.context, train, 'data.train.path')
  return [
    ...rowIssues(train, 'data.train.path'),
    ...trainIssues(plan, train),
    ...trainLengths,
    ...(isJudged ? trialIssues(train, 'verifier.kind') : []),
    ...(evaluation
      ? [
          ...rowIssues(evaluation, 'data.eval.path'),
          // Reported once: the cure of one mostly cures the other.
          ...(trainLengths.length > 0 ? [] : lengthIssues(plan, model.context, evaluation, 'data.eval.path')),
          evaluation.withReference === 0 &&
            issue('error', 'data.eval.path', 'It has no reference answers: nothing could be counted as correct.'),
        ]
      : []),
    ...modelIssues(plan, facts),
  ].filter((found) => found !== false)
}
