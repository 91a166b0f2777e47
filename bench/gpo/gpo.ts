/**
 * The cost of GPO: whole iterations of GPO-PPO against PPO with as many trained rollouts, on the bundled chain-arithmetic, in turns. The
 * learning rate is 0, so that both always work with the same policy. Counts which tokens went through the transformer while sampling.
 */
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeSafetensors } from '@main/formats/safetensors-writer'
import { loadDataset } from '@main/library/datasets/load'
import { datasetPath, modelPath } from '@main/paths'
import { openSession, type Session } from '@main/trainer/session/session'
import { type Plan, planSchema } from '@shared/schemas/plan'
import type { TrajectoryRecord } from '@shared/schemas/trajectory'
import { hasBundledModel, randomWeights, tinyConfig } from '../models'
import { median, rounded, sum } from '../statistics'

const WARMUP = 2
const ITERATIONS = 5
const PHASES = ['rollouts', 'segment', 'values', 'select', 'reset', 'update'] as const

function planOf(criticalStep: 'max' | 'none'): Plan {
  return planSchema.parse({
    model: { path: 'bundled:tiny' },
    data: { train: { path: 'bundled:chain-arithmetic' } },
    backend: 'onnx',
    adaptation: { kind: 'full' },
    objective: { kind: 'ppo', epochs: 4, kl: 0.02 },
    gpo: { criticalStep, samples: 4, reuseRollouts: true },
    rollout: { maxNewTokens: 96, lanes: 256 },
    optimiser: { learningRate: 0 },
    budget: { iterations: WARMUP + ITERATIONS, promptsPerIteration: 64, trainedPerPrompt: 4, microbatchTokens: 8192 },
  })
}

/** The bundled tokenizer with random weights in the bundled model's shape. */
function randomModel(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gpo-bench-model-'))
  const bundled = modelPath('bundled:tiny')
  for (const file of readdirSync(bundled).filter((name) => name !== 'model.safetensors' && name.endsWith('.json')))
    cpSync(join(bundled, file), join(folder, file))
  const config = tinyConfig()
  const json = {
    architectures: [config.architecture],
    model_type: 'llama',
    vocab_size: config.vocabSize,
    hidden_size: config.hiddenSize,
    intermediate_size: config.intermediateSize,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    num_key_value_heads: config.kvHeads,
    head_dim: config.headDim,
    hidden_act: 'silu',
    max_position_embeddings: config.maxPositions,
    rope_theta: config.ropeTheta,
    rms_norm_eps: config.rmsNormEps,
    tie_word_embeddings: config.tieWordEmbeddings,
    bos_token_id: config.bosTokenId,
    eos_token_id: config.eosTokenIds,
    pad_token_id: config.padTokenId,
  }
  writeFileSync(join(folder, 'config.json'), JSON.stringify(json))
  const tensors = [...randomWeights(config)].map(([name, tensor]) => ({ name, ...tensor }))
  writeSafetensors(join(folder, 'model.safetensors'), tensors, 'F32')
  return folder
}

interface Counted {
  readonly metrics: Readonly<Record<string, number>>
  /** Token positions that went through the transformer while sampling. */
  readonly transformed: number
  /** The necessary number: each prompt once, and each sampled token once except the last of a sequence, which nothing follows. */
  readonly needed: number
}

const passed = ({ run }: Session) => run.sampler.counters.prefilled + run.sampler.counters.decoded

/** Counted from the samples, not by the sampler's counters. */
function neededFor({ run }: Session, trajectories: readonly TrajectoryRecord[]): number {
  const promptOf = new Map(run.tasks.map(({ row, prompt }) => [row, prompt.length]))
  const prompts = sum([...new Set(trajectories.map(({ row }) => row))].map((row) => promptOf.get(row)!))
  const sequences = trajectories.flatMap(({ tokens, continuations }) => [tokens, ...continuations.map((c) => c.tokens)])
  return prompts + sum(sequences) - sequences.length
}

async function iterate(session: Session, iteration: number): Promise<Counted> {
  const before = passed(session)
  const { metrics, trajectories } = await session.procedure.iterate(iteration)
  return { metrics, transformed: passed(session) - before, needed: neededFor(session, trajectories) }
}

const medianOf = (name: string, results: readonly Counted[]) =>
  rounded(median(results.map(({ metrics }) => metrics[name] ?? 0)))

function summary(results: readonly Counted[]) {
  const seconds = Object.fromEntries(PHASES.map((phase) => [phase, medianOf(`time/${phase}`, results)]))
  return {
    seconds: { ...seconds, iteration: medianOf('step_time', results) },
    meanTokens: medianOf('completions/mean_length', results),
    learntTokens: medianOf('num_tokens', results),
    sampledPositions: median(results.map(({ transformed }) => transformed)),
    recomputedPositions: sum(results.map(({ transformed, needed }) => transformed - needed)),
  }
}

async function measure(modelFolder: string): Promise<object> {
  const { examples: train } = await loadDataset(datasetPath('bundled:chain-arithmetic'))
  const open = (rule: 'max' | 'none') =>
    openSession({ plan: planOf(rule), modelFolder, resumeFrom: null, train, evaluation: [] })
  const [base, guided] = [await open('none'), await open('max')]
  const results: { readonly base: Counted[]; readonly guided: Counted[] } = { base: [], guided: [] }
  for (let iteration = 1; iteration <= WARMUP + ITERATIONS; iteration++) {
    results.base.push(await iterate(base, iteration))
    results.guided.push(await iterate(guided, iteration))
    process.stderr.write(`  iteration ${iteration} of ${WARMUP + ITERATIONS}\n`)
  }
  const measured = { ppo: results.base.slice(WARMUP), gpoPpo: results.guided.slice(WARMUP) }
  const [ppo, gpoPpo] = [summary(measured.ppo), summary(measured.gpoPpo)]
  return {
    ppo,
    gpoPpo: {
      ...gpoPpo,
      steps: medianOf('gpo/steps_per_trajectory', measured.gpoPpo),
      mcTokens: medianOf('gpo/mc_tokens', measured.gpoPpo),
    },
    overhead: rounded(gpoPpo.seconds.iteration / ppo.seconds.iteration - 1),
    overheadPerIteration: measured.ppo.map(({ metrics }, i) =>
      rounded(measured.gpoPpo[i]!.metrics['step_time']! / metrics['step_time']! - 1),
    ),
    overheadMetric: medianOf('gpo/overhead', measured.gpoPpo),
    target: 0.6,
  }
}

export async function run(): Promise<object> {
  const isBundled = hasBundledModel()
  const folder = process.env['BENCH_MODEL'] ?? (isBundled ? modelPath('bundled:tiny') : randomModel())
  const model =
    process.env['BENCH_MODEL'] ?? (isBundled ? 'bundled:tiny' : "random weights in the bundled model's shape")
  try {
    return { model, iterations: ITERATIONS, ...(await measure(folder)) }
  } finally {
    if (!isBundled && !process.env['BENCH_MODEL']) rmSync(folder, { recursive: true, force: true })
  }
}
