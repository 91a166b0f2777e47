/**
 * Losses and gradients of every recipe against TRL's own trainers, on the same rows and models: from token ids through packing, masks, means and the
 * reference to the gradient of every weight. TRL's answers are stored; GPO_PYTHON, a Python that has TRL, is asked again. With `UPDATE_GOLDEN=1`
 * it writes them. What differs on purpose is listed in docs/papers.md; here TRL then answers twice, as it is and corrected.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deriveSeed, permutation, uniform } from '@engine/core/rng'
import { STREAM } from '@engine/core/streams'
import { openBackend } from '@engine/devices/choose'
import { takeShuffled } from '@engine/recipes/run'
import type { Backend } from '@engine/tensor/backend'
import { type Plan, planSchema } from '@shared/schemas/plan'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ARCHITECTURE_CONFIGS, randomTensor, randomWeightsOf, readConfig } from '../support/architectures'
import { askOracle } from '../support/oracle'
import { firstStep, type Step } from '../support/recipe-step'

const SCRIPT = join(import.meta.dirname, '../parity/trl_objectives.py')
const GOLDEN = join(import.meta.dirname, '../parity/trl-objectives.golden.json')

const candidate = process.env['GPO_PYTHON']
const python =
  candidate && spawnSync(candidate, ['-c', 'import trl'], { timeout: 60_000 }).status === 0 ? candidate : ''

const PAD = 0
const EOS = 1
/** The weight whose gradient is compared number by number. */
const WHOLE = 'model.layers.0.self_attn.v_proj.weight'
const SEED = 3
const TEMPERATURE = 0.8

const json = ARCHITECTURE_CONFIGS['llama']!
const config = readConfig(json)
const reference = randomWeightsOf(config)
/** The policy has moved away from the reference. */
const policy = Object.fromEntries(
  Object.entries(reference).map(([name, { shape, data }], i) => {
    const moved = randomTensor(shape, 600 + i, 0.05)
    return [name, { shape, data: data.map((x, j) => x + moved.data[j]!) }]
  }),
)

/** Neither padding nor the end. */
const ids = (stream: number, count: number) =>
  Array.from({ length: count }, (_, i) => 2 + Math.floor(uniform(11, stream, i) * (config.vocabSize - 2)))

/** Prompts and answers of unequal lengths. TRL adds the end by itself. */
const PAIRS = Array.from({ length: 6 }, (_, row) => ({
  prompt: ids(row, 2 + (row % 4)),
  chosen: ids(20 + row, 3 + ((2 * row) % 5)),
  rejected: ids(40 + row, 6 - (row % 3)),
}))
const LABELLED = PAIRS.map(({ prompt, chosen, rejected }, row) => ({
  prompt,
  completion: row % 3 ? chosen : rejected,
  label: row % 3 !== 0,
}))
/** Two prompts with three rollouts each, which end by themselves. */
const ROLLOUTS = [0.5, 0, 1, 0, 1, 1].map((reward, i) => ({
  prompt: PAIRS[Math.floor(i / 3)]!.prompt,
  completion: [...ids(60 + i, 3 + i), EOS],
  reward,
}))

const planOf = (objective: object): Plan =>
  planSchema.parse({
    ...{ model: { path: 'none' }, data: { train: { path: 'none' } }, seed: SEED, objective },
    adaptation: { kind: 'full' },
    gpo: { criticalStep: 'none' },
    rollout: { temperature: TEMPERATURE, maxNewTokens: 64 },
    // Several microbatches for each optimiser step.
    budget: { iterations: 1, promptsPerIteration: 6, trainedPerPrompt: 3, microbatchTokens: 128 },
  })
const onPolicy = (objective: object): Plan => {
  const plan = planOf(objective)
  return { ...plan, budget: { ...plan.budget, promptsPerIteration: 2 } }
}

/** Rows in such an order that the recipe takes them into its minibatch in the given one. */
function inMinibatch<Row>(rows: readonly Row[]): Row[] {
  const order = permutation(rows.length, deriveSeed(SEED, 1, STREAM.batchOrder, 0))
  const taken = takeShuffled([...rows.keys()], 0, rows.length, SEED)
  const placed: Row[] = []
  for (const [i, row] of rows.entries()) placed[taken[order[i]!]!] = row
  return placed
}

const sequence = (prompt: readonly number[], completion: readonly number[]) => ({
  ids: Int32Array.from([...prompt, ...completion, EOS]),
  start: prompt.length,
})
const pairs = PAIRS.map(({ prompt, chosen, rejected }) => ({
  chosen: sequence(prompt, chosen),
  rejected: sequence(prompt, rejected),
}))
const labelled = inMinibatch(
  LABELLED.map(({ prompt, completion, label }) => ({ sequence: sequence(prompt, completion), isDesirable: label })),
)

interface Case {
  readonly name: string
  readonly kind: string
  readonly rows: readonly object[]
  readonly group?: number
  readonly advantages?: readonly number[]
  /** TRL's. */
  readonly settings: object
  readonly plan: Plan
  readonly data: Parameters<typeof firstStep>[3]
}

const grpo = { kind: 'grpo', rows: ROLLOUTS, group: 3, data: { rollouts: ROLLOUTS } }
/** The second prompt's rewards are all equal: no pass is spent on its rollouts, but they count in the mean. */
const DECIDED = ROLLOUTS.map((rollout, i) => (i < 3 ? rollout : { ...rollout, reward: 1 }))
const decided = { kind: 'grpo', rows: DECIDED, group: 3, data: { rollouts: DECIDED } }
const sampled = { temperature: TEMPERATURE, epsilon: 0.2, loss_type: 'grpo' }

const CASES: readonly Case[] = [
  {
    ...{ name: 'dpo', kind: 'dpo', rows: PAIRS, data: { pairs } },
    settings: { beta: 0.3, loss_type: ['sigmoid'] },
    plan: planOf({ kind: 'dpo', beta: 0.3 }),
  },
  {
    ...{ name: 'kto', kind: 'kto', rows: LABELLED, data: { labelled } },
    settings: { beta: 0.3, desirable_weight: 1.2, undesirable_weight: 0.7 },
    plan: planOf({ kind: 'kto', beta: 0.3, desirableWeight: 1.2, undesirableWeight: 0.7 }),
  },
  {
    // γ = β · (γ / β); by default TRL adds the likelihood of the chosen answer.
    ...{ name: 'simpo', kind: 'simpo', rows: PAIRS, data: { pairs } },
    settings: { beta: 2, simpo_gamma: 1.1, cpo_alpha: 0 },
    plan: planOf({ kind: 'simpo', beta: 2, gammaRatio: 0.55 }),
  },
  {
    ...{ name: 'orpo', kind: 'orpo', rows: PAIRS, data: { pairs } },
    settings: { beta: 0.4 },
    plan: planOf({ kind: 'orpo', lambda: 0.4 }),
  },
  { name: 'grpo', ...grpo, settings: { ...sampled, beta: 0 }, plan: onPolicy({ kind: 'grpo' }) },
  {
    ...{ name: 'grpo with a KL penalty', ...grpo },
    settings: { ...sampled, beta: 0.5, use_bias_correction_kl: false },
    plan: onPolicy({ kind: 'grpo', kl: 0.5 }),
  },
  {
    ...{ name: 'grpo with the KL penalty that TRL has by default', ...grpo },
    settings: { ...sampled, beta: 0.5 },
    plan: onPolicy({ kind: 'grpo', kl: 0.5 }),
  },
  {
    name: 'grpo as TRL has it by default',
    ...grpo,
    settings: { temperature: TEMPERATURE },
    plan: onPolicy({ kind: 'grpo' }),
  },
  {
    ...{ name: 'grpo with the options of DAPO', ...grpo },
    settings: { ...sampled, beta: 0, loss_type: 'dapo', epsilon_high: 0.28, scale_rewards: 'batch' },
    plan: onPolicy({ kind: 'grpo', average: 'token', clipHigh: 0.28, scaleRewards: 'batch' }),
  },
  {
    ...{ name: 'grpo with a decided group', ...decided },
    settings: { ...sampled, beta: 0 },
    plan: onPolicy({ kind: 'grpo' }),
  },
  {
    ...{ name: 'grpo over tokens, with a decided group', ...decided },
    settings: { ...sampled, beta: 0, loss_type: 'dapo' },
    plan: onPolicy({ kind: 'grpo', average: 'token' }),
  },
  {
    ...{ name: 'Dr. GRPO', ...grpo },
    settings: { ...sampled, beta: 0, loss_type: 'dr_grpo', scale_rewards: 'none', max_completion_length: 64 },
    plan: onPolicy({ kind: 'grpo', average: 'constant', scaleRewards: 'none' }),
  },
  {
    // TRL has no PPO any more: its clipped loss over all tokens of a batch. Without discount, value and penalty a token's advantage is the reward.
    ...{ name: 'ppo', ...grpo, advantages: ROLLOUTS.map(({ reward }) => reward) },
    settings: { ...sampled, beta: 0, loss_type: 'bnpo' },
    plan: onPolicy({
      ...{ kind: 'ppo', kl: 0, valueCoefficient: 0, gamma: 1, lambda: 1, epochs: 1, whitenAdvantages: false },
    }),
  },
]

interface Gradients {
  readonly loss: number
  /** Of every weight's gradient, its length and its product with cos(0), cos(1), … */
  readonly weights: Readonly<Record<string, readonly [number, number]>>
  readonly whole: readonly number[]
}
interface Answer {
  readonly trl: Gradients
  readonly corrected?: Gradients
  readonly kl?: number
  readonly clipped?: Readonly<Record<'low' | 'high', number>>
}

function ask(): Record<string, Answer> {
  const plain = (tree: typeof reference) =>
    Object.fromEntries(Object.entries(tree).map(([name, { shape, data }]) => [name, { shape, data: [...data] }]))
  const cases = CASES.map(({ plan: _, data: __, ...rest }) => rest)
  return askOracle(python, SCRIPT, {
    ...{ config: json, pad: PAD, eos: EOS, whole: WHOLE, cases },
    ...{ policy: plain(policy), reference: plain(reference) },
  })
}

if (process.env['UPDATE_GOLDEN'] && python) writeFileSync(GOLDEN, `${JSON.stringify(ask())}\n`)
const golden: Record<string, Answer> = JSON.parse(readFileSync(GOLDEN, 'utf8'))

const sum = (values: ArrayLike<number>, of: (x: number, i: number) => number) =>
  Array.from(values).reduce((total, x, i) => total + of(x, i), 0)

/** The largest difference of a loss and its gradients, relative to the loss and to the longest gradient. */
function difference({ loss, gradients }: Pick<Step, 'loss' | 'gradients'>, expected: Gradients) {
  const longest = Math.max(...Object.values(expected.weights).map(([length]) => length))
  expect(longest).toBeGreaterThan(0)
  const gradient = Object.entries(expected.weights).flatMap(([name, [length, product]]) => {
    const own = gradients.get(name)!
    const found = Math.sqrt(sum(own, (x) => x * x))
    return [Math.abs(found - length), Math.abs(sum(own, (x, i) => x * Math.cos(i)) - product)]
  })
  const largest = Math.max(...expected.whole.map(Math.abs))
  const whole = expected.whole.map((x, i) => Math.abs(x - gradients.get(WHOLE)![i]!) / largest)
  return {
    loss: Math.abs(loss - expected.loss) / Math.abs(expected.loss),
    gradient: Math.max(...gradient.map((x) => x / longest), ...whole),
  }
}

const steps = new Map<string, Step>()
const found = (name: string) => difference(steps.get(name)!, golden[name]!.trl)
const expectEqual = ({ loss, gradient }: ReturnType<typeof difference>) => {
  expect(loss).toBeLessThan(1e-4)
  expect(gradient).toBeLessThan(1e-4)
}

let backend: Backend
beforeAll(async () => {
  backend = await openBackend('onnx')
  for (const { name, plan, data } of CASES)
    steps.set(name, await firstStep(backend, plan, { config, policy, reference }, data))
})
afterAll(() => backend.close())

test.each([
  'dpo',
  'kto',
  'simpo',
  'grpo',
  'grpo with a KL penalty',
  'grpo with the options of DAPO',
  'grpo with a decided group',
  'grpo over tokens, with a decided group',
  'Dr. GRPO',
  'ppo',
])('%s: loss and gradients are those of TRL', (name) => {
  const trained = [...steps.get(name)!.gradients.keys()].filter((key) => !key.startsWith('value_head'))
  expect(trained.sort()).toEqual(Object.keys(golden[name]!.trl.weights).sort())
  expectEqual(found(name))
})

test("kto: the baseline z is TRL's, and not 0", () => {
  const { kl } = golden['kto']!
  expect(kl).toBeGreaterThan(0.01)
  expect(Math.abs(steps.get('kto')!.metrics['kl']! - kl!) / kl!).toBeLessThan(1e-4)
})

test('tokens are clipped from below and from above; the share of all tokens is that of TRL', () => {
  for (const side of ['low', 'high'] as const) expect(golden['grpo']!.clipped![side]).toBeGreaterThan(0.1)
  const { high } = golden['ppo']!.clipped!
  expect(high).toBeGreaterThan(0.1)
  expect(steps.get('ppo')!.metrics['clip_ratio/high_mean']).toBeCloseTo(high, 5)
})

describe('differs on purpose', () => {
  test.each([
    ['orpo', 'it imitates the prompt too, and weighs tokens equally'],
    ['grpo as TRL has it by default', 'it takes one mean over the tokens of the batch (dapo)'],
    ['grpo with the KL penalty that TRL has by default', 'it weighs the penalty by the ratio'],
  ])('%s: %s', (name) => {
    const { loss, gradient } = found(name)
    expect(loss).toBeGreaterThan(1e-3)
    expect(gradient).toBeGreaterThan(1e-2)
  })

  test('orpo with the supervised term of the paper is equal', () => {
    expectEqual(difference(steps.get('orpo')!, golden['orpo']!.corrected!))
  })
})

test.skipIf(!python)(
  `the stored answers are those of the installed TRL${python ? '' : ' (skipped: no GPO_PYTHON with trl)'}`,
  { timeout: 600_000 },
  () => {
    const now = ask()
    for (const { name } of CASES) {
      const stored = golden[name]!.trl
      expect(now[name]!.trl.loss).toBeCloseTo(stored.loss, 5)
      for (const [one, [length, product]] of Object.entries(stored.weights)) {
        const [nowLength, nowProduct] = now[name]!.trl.weights[one]!
        expect(Math.abs(nowLength - length)).toBeLessThan(1e-4 * length)
        expect(Math.abs(nowProduct - product)).toBeLessThan(1e-4 * length)
      }
    }
  },
)
