/** From a start message to something that can train: opens backend, model and tokenizer, tokenises the data, restores a checkpoint. */

import { openBackend } from '@engine/devices/choose'
import type { Task } from '@engine/gpo/trajectory'
import type { TokenSequence } from '@engine/policy/batch'
import { createPolicy } from '@engine/policy/policy'
import { createScorer } from '@engine/policy/score'
import type { Procedure, Run } from '@engine/recipes/run'
import { createProcedure, policyNeeds } from '@engine/recipes/train'
import { createSampler } from '@engine/rollout/sampler'
import type { Backend } from '@engine/tensor/backend'
import { adapterTensors } from '@main/formats/adapter-shapes'
import type { HostTensors } from '@main/formats/host-tensor'
import type { ModelConfig } from '@main/formats/model-config'
import { readModelConfig } from '@main/formats/model-config'
import { precisionOf } from '@main/formats/narrow-weights'
import { readAdapter } from '@main/formats/peft'
import { readCheckpoint } from '@main/formats/run-checkpoint'
import { loadBase } from '@main/formats/weights'
import { encodeAnswer, encodePrompt } from '@main/text/tokenizer/prompt'
import { checkTokenizerFits, loadTokenizer, type Tokenizer } from '@main/text/tokenizer/tokenizer'
import { createVerifier } from '@main/text/verifier/index'
import { GpoError } from '@shared/errors'
import type { Example } from '@shared/schemas/dataset'
import type { Phase } from '@shared/schemas/events'
import type { Plan } from '@shared/schemas/plan'

export interface SessionStart {
  readonly plan: Plan
  readonly modelFolder: string
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
  /** Iterations already done. */
  readonly from: number
  /** What the checkpoint's trainer noted. */
  readonly state: Readonly<Record<string, unknown>>
}

function checkLength(plan: Plan, config: ModelConfig, row: number, length: number, added: number): void {
  if (length + added <= config.maxPositions) return
  throw new GpoError(
    'data',
    `row ${row} needs ${length} prompt tokens and ${added} more, the model has ${config.maxPositions} positions: lower rollout.maxNewTokens (${plan.rollout.maxNewTokens}) or remove the row`,
  )
}

export function tasksOf(plan: Plan, config: ModelConfig, tokenizer: Tokenizer, examples: readonly Example[]): Task[] {
  return examples.map((example) => {
    const prompt = encodePrompt(plan.data, tokenizer, example)
    checkLength(plan, config, example.row, prompt.length, plan.rollout.maxNewTokens)
    return { row: example.row, prompt, reference: example.reference }
  })
}

/** Prompt, completion and the stop token, for SFT. */
function demonstrationsOf(
  plan: Plan,
  config: ModelConfig,
  tokenizer: Tokenizer,
  stop: number,
  examples: readonly Example[],
): TokenSequence[] {
  return examples.map((example) => {
    if (example.completion === undefined)
      throw new GpoError('data', `row ${example.row} has no completion to imitate: SFT needs a column "completion"`)
    const prompt = encodePrompt(plan.data, tokenizer, example)
    const completion = encodeAnswer(plan.data, tokenizer, example, example.completion)
    checkLength(plan, config, example.row, prompt.length, completion.length + 1)
    return { ids: Int32Array.from([...prompt, ...completion, stop]), start: prompt.length }
  })
}

function stopTokensOf(tokenizer: Tokenizer, config: ModelConfig, folder: string): number[] {
  const stops = [...new Set([...tokenizer.eosTokenIds, ...config.eosTokenIds])]
  if (stops.length > 0) return stops
  throw new GpoError(
    'model',
    `${folder} names no token that ends a text: add "eos_token_id" to its generation_config.json`,
  )
}

export interface OpenModel {
  readonly backend: Backend
  readonly config: ModelConfig
  readonly tokenizer: Tokenizer
  readonly stopTokens: readonly number[]
}

/** Backend, config and tokenizer, checked against each other; weights are loaded by whoever needs them. */
export async function openModel(folder: string, backendName: Plan['backend']): Promise<OpenModel> {
  const config = readModelConfig(folder)
  const tokenizer = loadTokenizer(folder)
  checkTokenizerFits(tokenizer, config.vocabSize, folder)
  const stopTokens = stopTokensOf(tokenizer, config, folder)
  return { backend: await openBackend(backendName), config, tokenizer, stopTokens }
}

/** The adapter that the plan begins with. */
function adapterOf({ adaptation }: Plan, config: ModelConfig): { adapter?: HostTensors } {
  if (adaptation.kind !== 'lora' || adaptation.from === undefined) return {}
  return { adapter: readAdapter(adaptation.from, adapterTensors(config, adaptation)) }
}

/** @throws GpoError of the kind of what is wrong: model, data, backend, plan, storage */
export async function openSession(start: SessionStart, onProgress: Run['onProgress'] = () => {}): Promise<Session> {
  const { plan, modelFolder, train, evaluation } = start
  const { backend, config, tokenizer, stopTokens } = await openModel(modelFolder, plan.backend)
  const isSft = plan.objective.kind === 'sft'
  const verifier = createVerifier(plan.verifier)
  const policy = createPolicy(backend, config, loadBase(modelFolder, config, precisionOf(plan.adaptation)), {
    adaptation: plan.adaptation,
    seed: plan.seed,
    ...adapterOf(plan, config),
    ...policyNeeds(plan),
  })
  const run: Run = {
    plan,
    backend,
    policy,
    sampler: createSampler(backend, config),
    scorer: createScorer(backend, config, {
      maxTokens: plan.budget.microbatchTokens,
      temperature: plan.rollout.temperature,
    }),
    text: {
      decode: (ids) => tokenizer.decode(ids, { skipSpecialTokens: true }),
      pieces: (ids) => tokenizer.pieces(ids),
    },
    stopTokens,
    verify: (completion, reference, isTruncated) => verifier.verify(completion, reference, isTruncated),
    tasks: isSft ? [] : tasksOf(plan, config, tokenizer, train),
    evaluationTasks: tasksOf(plan, config, tokenizer, evaluation),
    demonstrations: isSft ? demonstrationsOf(plan, config, tokenizer, stopTokens[0]!, train) : [],
    onProgress,
  }
  if (train.length === 0) throw new GpoError('data', 'the training data has no usable rows')
  const procedure = createProcedure(run)
  const { from, state } = restore(start.resumeFrom, run, procedure)
  return { run, procedure, backend, config, from, state }
}

function restore(
  folder: string | null,
  run: Run,
  procedure: Procedure,
): { from: number; state: Readonly<Record<string, unknown>> } {
  if (folder === null) return { from: 0, state: {} }
  const { iteration, state, groups } = readCheckpoint(folder)
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
