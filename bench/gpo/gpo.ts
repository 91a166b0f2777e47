/**
 * The cost of guidance: whole iterations of GRPO with each variant against GRPO, with as many prompts and trained rollouts, on the bundled
 * chain-arithmetic, in turns. The learning rate is 0, so that all always work with the same policy. Counts which tokens went through the transformer while
 * sampling.
 */
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeSafetensors } from '@main/formats/safetensors-writer'
import { loadDataset } from '@main/library/datasets/load'
import { datasetPath, modelPath } from '@main/paths'
import { openSession, type Session } from '@main/trainer/session/session'
import { type Plan, type PlanInput, planSchema } from '@shared/schemas/plan'
import { hasBundledModel, randomWeights, tinyConfig } from '../models'
import { median, rounded } from '../statistics'

const WARMUP = 2
const ITERATIONS = 5
const PHASES = ['rollouts', 'segment', 'values', 'select', 'reset', 'update'] as const

/** What differs from GRPO with four rollouts of each prompt. */
const VARIANTS: Readonly<Record<string, PlanInput['gpo']>> = {
  base: { criticalStep: 'none' },
  undecided: {},
  'undecided, bisection': { search: 'bisect' },
  'undecided, adaptive': { search: 'adaptive' },
  'where decided': { when: 'decided' },
  'where decided, adaptive': { when: 'decided', search: 'adaptive' },
  'all continuations, N = 2': { trainOn: 'all', samples: 2 },
}

const planOf = (gpo: PlanInput['gpo']): Plan =>
  planSchema.parse({
    model: { path: 'bundled:tiny' },
    data: { train: { path: 'bundled:chain-arithmetic' } },
    backend: 'onnx',
    adaptation: { kind: 'full' },
    objective: { kind: 'grpo' },
    gpo: { samples: 4, ...gpo },
    rollout: { maxNewTokens: 96, lanes: 256 },
    optimiser: { learningRate: 0 },
    budget: { iterations: WARMUP + ITERATIONS, promptsPerIteration: 64, trainedPerPrompt: 4, microbatchTokens: 8192 },
  })

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
}

const passed = ({ run }: Session) => run.sampler.counters.prefilled + run.sampler.counters.decoded

async function iterate(session: Session, iteration: number): Promise<Counted> {
  const before = passed(session)
  const { metrics } = await session.procedure.iterate(iteration)
  return { metrics, transformed: passed(session) - before }
}

const medianOf = (name: string, results: readonly Counted[]) =>
  rounded(median(results.map(({ metrics }) => metrics[name] ?? 0)))

function summary(results: readonly Counted[]) {
  const phases = PHASES.filter((phase) => results.some(({ metrics }) => metrics[`time/${phase}`] !== undefined))
  const seconds = Object.fromEntries(phases.map((phase) => [phase, medianOf(`time/${phase}`, results)]))
  return {
    seconds: { ...seconds, iteration: medianOf('step_time', results) },
    generatedTokens: medianOf('gpo/generated_tokens', results),
    trainedTokens: medianOf('gpo/trained_tokens', results),
    groupsThatTeach: medianOf('gpo/effective_groups', results),
    /** Token positions that went through the transformer while sampling. */
    sampledPositions: median(results.map(({ transformed }) => transformed)),
  }
}

const ratio = (name: string, own: readonly Counted[], base: readonly Counted[]) =>
  rounded(median(own.map(({ metrics }, i) => metrics[name]! / base[i]!.metrics[name]!)))

async function measure(modelFolder: string): Promise<object> {
  const { examples: train } = await loadDataset(datasetPath('bundled:chain-arithmetic'))
  const names = Object.keys(VARIANTS)
  const sessions = new Map<string, Session>()
  for (const name of names)
    sessions.set(
      name,
      await openSession({ plan: planOf(VARIANTS[name]), modelFolder, resumeFrom: null, train, evaluation: [] }),
    )
  const results = new Map<string, Counted[]>(names.map((name) => [name, []]))
  for (let iteration = 1; iteration <= WARMUP + ITERATIONS; iteration++) {
    for (const [name, session] of sessions) results.get(name)!.push(await iterate(session, iteration))
    process.stderr.write(`  iteration ${iteration} of ${WARMUP + ITERATIONS}\n`)
  }
  const measured = (name: string) => results.get(name)!.slice(WARMUP)
  return Object.fromEntries(
    names.map((name) => [
      name,
      {
        ...summary(measured(name)),
        toBase: {
          seconds: ratio('step_time', measured(name), measured('base')),
          generatedTokens: ratio('gpo/generated_tokens', measured(name), measured('base')),
        },
      },
    ]),
  )
}

export async function run(): Promise<object> {
  const isBundled = hasBundledModel()
  const folder = process.env['BENCH_MODEL'] ?? (isBundled ? modelPath('bundled:tiny') : randomModel())
  const model =
    process.env['BENCH_MODEL'] ?? (isBundled ? 'bundled:tiny' : "random weights in the bundled model's shape")
  try {
    return {
      model,
      iterations: ITERATIONS,
      targets: { seconds: 1.15, generatedTokens: 2 },
      variants: await measure(folder),
    }
  } finally {
    if (!isBundled && !process.env['BENCH_MODEL']) rmSync(folder, { recursive: true, force: true })
  }
}
