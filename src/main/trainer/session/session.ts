/** Prepares training from a start message: opens backend, model and tokenizer, tokenises the data, restores a checkpoint. */

import { openBackend } from '@engine/devices/choose'
import { createPolicy } from '@engine/policy/policy'
import { type Procedure, type Run, scorerOf } from '@engine/recipes/run'
import { createProcedure, policyNeeds } from '@engine/recipes/train'
import type { Backend } from '@engine/tensor/backend'
import { adapterTensors } from '@main/formats/adapter-shapes'
import type { HostTensors } from '@main/formats/host-tensor'
import type { ModelConfig } from '@main/formats/model-config'
import { readModelConfig } from '@main/formats/model-config'
import { precisionOf } from '@main/formats/narrow-weights'
import { readAdapter } from '@main/formats/peft'
import { readCheckpoint } from '@main/formats/run-checkpoint'
import { loadBase } from '@main/formats/weights'
import { checkTokenizerFits, loadTokenizer, type Tokenizer } from '@main/text/tokenizer/tokenizer'
import { LEFT_OUT } from '@shared/data-record'
import { GpoError } from '@shared/errors'
import { isTraining } from '@shared/method/guided'
import { offlineUseOf } from '@shared/method/offline'
import { type Example, recordKindOf } from '@shared/schemas/dataset'
import type { Phase } from '@shared/schemas/events'
import type { Plan } from '@shared/schemas/plan'
import type { ServerAccess } from '@shared/schemas/server'
import type { OpenModel } from './open-model'
import { probeRows, probesOf } from './probe-rows'
import { rolloutSource } from './rollout-source'
import { openServed, type Served } from './served'
import { demonstrationsOf, fittingTasks, labelledOf, pairsOf, type TrainingRows } from './tasks'

export interface SessionStart {
  readonly plan: Plan
  readonly modelFolder: string
  /** Where versions of the policy are written for the plan's sampling servers; absent: they are not used, and rollouts are sampled here. */
  readonly runFolder?: string
  /** How the plan's servers are reached. */
  readonly servers?: readonly ServerAccess[]
  /** A checkpoint's folder. */
  readonly resumeFrom: string | null
  readonly train: readonly Example[]
  readonly evaluation: readonly Example[]
}

export interface Session {
  readonly run: Run
  readonly procedure: Procedure
  readonly backend: Backend
  readonly config: ModelConfig
  /** The servers that sample; null where this process does. */
  readonly served: Served | null
  /** Iterations already done. */
  readonly from: number
  /** Notes for the run's record, such as omitted rows. */
  readonly notes: Readonly<Record<string, string>>
  /** The trainer's state in the checkpoint. */
  readonly state: Readonly<Record<string, unknown>>
}

function stopTokensOf(tokenizer: Tokenizer, config: ModelConfig, folder: string): number[] {
  const stops = [...new Set([...tokenizer.eosTokenIds, ...config.eosTokenIds])]
  if (stops.length > 0) return stops
  throw new GpoError(
    'model',
    `${folder} does not name an end-of-text token: add "eos_token_id" to its generation_config.json`,
  )
}

/** Backend, config and tokenizer, checked against each other; weights are loaded later. */
export async function openModel(folder: string, backendName: Plan['backend']): Promise<OpenModel> {
  const config = readModelConfig(folder)
  const tokenizer = loadTokenizer(folder)
  checkTokenizerFits(tokenizer, config.vocabSize, folder)
  const stopTokens = stopTokensOf(tokenizer, config, folder)
  return { backend: await openBackend(backendName), config, tokenizer, stopTokens }
}

/** The adapter that the plan starts from. */
function adapterOf({ adaptation }: Plan, config: ModelConfig): { adapter?: HostTensors } {
  if (adaptation.kind !== 'lora' || adaptation.from === undefined) return {}
  return { adapter: readAdapter(adaptation.from, adapterTensors(config, adaptation)) }
}

/** @throws GpoError with the code of the problem: model, data, backend, plan, storage */
export async function openSession(start: SessionStart, onProgress: Run['onProgress'] = () => {}): Promise<Session> {
  const { plan, modelFolder, train, evaluation } = start
  const model = await openModel(modelFolder, plan.backend)
  const { backend, config, tokenizer, stopTokens } = model
  const policy = createPolicy(backend, config, loadBase(modelFolder, config, precisionOf(plan.adaptation)), {
    adaptation: plan.adaptation,
    seed: plan.seed,
    ...adapterOf(plan, config),
    ...policyNeeds(plan),
  })
  const asking = { format: plan.data, maxNewTokens: plan.rollout.maxNewTokens, tooLong: plan.data.tooLong }
  const rows = trainingRows(plan, { asking, config, tokenizer, stop: stopTokens[0]!, examples: train })
  const heldOut = fittingTasks(asking, config, tokenizer, evaluation, 'evaluation')
  const followed = probeRows(plan, evaluation.length > 0 ? evaluation : train)
  const probes = probesOf(asking, config, tokenizer, followed)
  const scorer = scorerOf(backend, config, plan)
  const version = () => procedure.learner.steps
  const served =
    plan.rollout.engines.length > 0 && rows.tasks.kept.length > 0 && start.runFolder !== undefined
      ? await openServed({
          ...{
            plan,
            config,
            modelFolder,
            runFolder: start.runFolder,
            servers: start.servers ?? [],
            policy,
            scorer,
            stopTokens,
          },
          prompts: rows.tasks.kept.map(({ prompt }) => prompt),
          version,
        })
      : null
  const run: Run = {
    ...rolloutSource(model, policy, plan, plan.verifier, onProgress),
    plan,
    backend,
    scorer,
    version,
    ...(served && { fleet: served.sampler }),
    tasks: rows.tasks.kept,
    demonstrations: rows.demonstrations.kept,
    pairs: rows.pairs.kept,
    labelled: rows.labelled.kept,
    evaluationTasks: heldOut.kept,
    probes,
  }
  if (train.length === 0) throw new GpoError('data', 'the training data has no usable rows')
  const procedure: Procedure = createProcedure(run)
  const { from, state } = restore(start.resumeFrom, run, procedure)
  const leftOut = [...Object.values(rows).map(({ note }) => note), heldOut.note, probes.note]
    .filter((note) => note !== null)
    .join('; ')
  return { run, procedure, backend, config, served, from, state, notes: leftOut === '' ? {} : { [LEFT_OUT]: leftOut } }
}

const NO_ROWS = { kept: [], note: null }

/** The training rows in the form that the plan's objective needs. */
function trainingRows(plan: Plan, rows: TrainingRows) {
  const none = { tasks: NO_ROWS, demonstrations: NO_ROWS, pairs: NO_ROWS, labelled: NO_ROWS }
  if (plan.objective.kind === 'sft') return { ...none, demonstrations: demonstrationsOf(rows) }
  const use = offlineUseOf(plan, recordKindOf(rows.examples))
  if (use === 'pairs') return { ...none, pairs: pairsOf(rows) }
  if (use === 'labels') return { ...none, labelled: labelledOf(rows) }
  return { ...none, tasks: fittingTasks(rows.asking, rows.config, rows.tokenizer, rows.examples, 'training') }
}

function restore(
  folder: string | null,
  run: Run,
  procedure: Procedure,
): { from: number; state: Readonly<Record<string, unknown>> } {
  if (folder === null) return { from: 0, state: {} }
  const { iteration, state, groups } = readCheckpoint(folder)
  if (!isTraining(run.plan)) return { from: iteration, state }
  const steps = state['optimiserSteps']
  const { trainable, optimiser } = groups
  if (typeof steps !== 'number' || !trainable || !optimiser)
    throw new GpoError('storage', `${folder} is not a training checkpoint of this program`)
  run.policy.restore(trainable)
  procedure.learner.restore(optimiser, steps)
  return { from: iteration, state }
}

/** Reports at most every `intervalMs`, and always the first and last item of a phase. */
export function throttled(
  report: (phase: Phase, iteration: number, done: number, total: number, tokens: number, seconds: number) => void,
  intervalMs = 200,
): Run['onProgress'] {
  let current = ''
  let begin = 0
  let last = 0
  return (phase, iteration, done, total, tokens) => {
    const now = performance.now()
    const isNew = current !== `${phase}/${iteration}`
    if (isNew) {
      current = `${phase}/${iteration}`
      begin = now
    }
    if (!isNew && done < total && now - last < intervalMs) return
    last = now
    report(phase, iteration, done, total, tokens, (now - begin) / 1000)
  }
}
