/** Objectives, GAE and AdamW against PyTorch in float64, where a Python with PyTorch is installed. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { generalizedAdvantages, whiten } from '@engine/objectives/gae'
import { adamw } from '@engine/optim/adamw'
import { type Tensor, tf } from '@engine/tensor/tf'
import '@tensorflow/tfjs-backend-cpu'
import { beforeAll, describe, expect, test } from 'vitest'
import { askOracle } from '../support/oracle'
import { evaluate, OBJECTIVE_CASES } from '../unit/engine/objectives/cases'

const SCRIPT = join(import.meta.dirname, '../parity/objectives.py')

const python = [process.env['GPO_PYTHON'] ?? '', '/usr/bin/python3', 'python3'].find(
  (command) => command && spawnSync(command, ['-c', 'import torch'], { timeout: 60_000 }).status === 0,
)
const skipped = python ? '' : ' (skipped: no Python with PyTorch found)'

type Answer = {
  readonly objectives: Record<string, { loss: number; grads: Record<string, number[]> }>
  readonly gae: { advantages: number[]; returns: number[] }
  readonly whiten: number[]
  readonly adamw: { params: Record<string, number[]>; norms: number[] }
}

/** Deterministic numbers in (−1, 1). */
const wave = (count: number, offset: number) => Array.from({ length: count }, (_, i) => Math.sin(1.7 * i + offset))

const gae = { rewards: wave(12, 1), values: wave(12, 2), gamma: 0.97, lambda: 0.9 }

const STEPS = 20
const adam = {
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.1,
  maxGradNorm: 1,
  params: { matrix: [wave(4, 1), wave(4, 2), wave(4, 3)], table: [wave(2, 4)], vector: wave(5, 5) },
  // some above the clipping norm, some below
  grads: Array.from({ length: STEPS }, (_, step) => {
    const scaled = (count: number, offset: number) => wave(count, offset * step).map((x) => x * (step % 3 ? 2 : 0.1))
    return { matrix: [scaled(4, 1), scaled(4, 2), scaled(4, 3)], table: [scaled(2, 4)], vector: scaled(5, 5) }
  }),
  learningRates: Array.from({ length: STEPS }, (_, step) => 0.01 * (1 - step / STEPS)),
}

function askTorch(): Answer {
  const request = {
    objectives: OBJECTIVE_CASES.map(({ run: _, ...rest }) => rest),
    gae,
    whiten: gae.rewards,
    adamw: adam,
  }
  return askOracle(python ?? '', SCRIPT, request)
}

/** Within 1e-5 of the largest entry. */
function expectClose(found: ArrayLike<number>, expected: readonly number[]) {
  expect(found.length).toBe(expected.length)
  const tolerance = 1e-5 * Math.max(...expected.map(Math.abs))
  expect(tolerance).toBeGreaterThan(0)
  expect(Math.max(...expected.map((x, i) => Math.abs(x - (found[i] ?? Number.NaN))))).toBeLessThan(tolerance)
}

const tree = (rows: Record<string, number[] | number[][]>) =>
  Object.fromEntries(Object.entries(rows).map(([name, values]) => [name, tf.tensor(values) as Tensor]))

function trainWithAdamW() {
  const optimiser = adamw(adam)
  let params: Readonly<Record<string, Tensor>> = tree(adam.params)
  let state = optimiser.init(params)
  const norms = adam.grads.map((grads, i) => {
    const scalars = { learningRate: tf.scalar(adam.learningRates[i] ?? 0), step: tf.scalar(i + 1) }
    const next = optimiser.update({ params, grads: tree(grads), state, ...scalars })
    params = next.params
    state = next.state
    return next.gradNorm.dataSync()[0] ?? Number.NaN
  })
  return { params, norms }
}

describe.skipIf(!python)(`parity with PyTorch${skipped}`, () => {
  let torch: Answer
  beforeAll(async () => {
    await tf.setBackend('cpu')
    torch = askTorch()
  })

  test.each(OBJECTIVE_CASES)('$name: loss and gradients', (objective) => {
    const expected = torch.objectives[objective.name]
    const found = evaluate(objective)
    expectClose([found.loss], [expected?.loss ?? Number.NaN])
    for (const name of objective.wrt) expectClose(found.grads[name] ?? [], expected?.grads[name] ?? [])
  })

  test('generalized advantages and whitening', () => {
    const { advantages, returns } = generalizedAdvantages({ ...gae, length: 12 })
    expectClose(advantages, torch.gae.advantages)
    expectClose(returns, torch.gae.returns)
    expectClose(whiten(Float32Array.from(gae.rewards), new Float32Array(12).fill(1)), torch.whiten)
  })

  test(`${STEPS} steps of AdamW with clipping, weight decay and a falling learning rate`, () => {
    const found = trainWithAdamW()
    expectClose(found.norms, torch.adamw.norms)
    expect(Math.max(...found.norms)).toBeGreaterThan(adam.maxGradNorm)
    expect(Math.min(...found.norms)).toBeLessThan(adam.maxGradNorm)
    for (const [name, tensor] of Object.entries(found.params))
      expectClose(tensor.dataSync(), torch.adamw.params[name] ?? [])
  })
})
