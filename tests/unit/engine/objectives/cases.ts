/** Every objective with the same kind of data, for tests that apply to all of them. */

import { dpoLoss } from '@engine/objectives/dpo'
import { type ImportanceInput, maskedWeights, truncatedWeights } from '@engine/objectives/importance'
import { k3Kl } from '@engine/objectives/k3-kl'
import { ktoLoss } from '@engine/objectives/kto'
import { orpoLoss } from '@engine/objectives/orpo'
import { clippedPolicyLoss } from '@engine/objectives/policy-gradient'
import type { ObjectiveResult } from '@engine/objectives/result'
import { sftLoss } from '@engine/objectives/sft'
import { simpoLoss } from '@engine/objectives/simpo'
import { clippedValueLoss } from '@engine/objectives/value'
import { type Scalar, type Tensor, tf } from '@engine/tensor/tf'

type Rows = readonly number[] | readonly (readonly number[])[]

export type ObjectiveCase = {
  readonly name: string
  /** Eight rows each; the last one is padding. */
  readonly inputs: Readonly<Record<string, Rows>>
  readonly denominator: number
  readonly hyper: Readonly<Record<string, number>>
  /** Inputs that are differentiated. */
  readonly wrt: readonly string[]
  readonly run: (tensors: Record<string, Tensor>, denominator: Scalar) => ObjectiveResult
}

const B = 8
const T = 5

/** Numbers in [low, high), the same in every run: multiples of the golden ratio modulo 1. */
function spread(count: number, low: number, high: number, offset: number): number[] {
  return Array.from({ length: count }, (_, i) => low + (high - low) * (((i + 1) * 0.6180339887 + offset * 0.2137) % 1))
}

function grid(low: number, high: number, offset: number): number[][] {
  const flat = spread(B * T, low, high, offset)
  return Array.from({ length: B }, (_, row) => flat.slice(row * T, row * T + T))
}

const plus = (a: readonly (readonly number[])[], b: readonly (readonly number[])[]) =>
  a.map((row, i) => row.map((x, j) => x + (b[i]?.[j] ?? 0)))

const weight = [1, 1, 1, 1, 1, 1, 1, 0]
const mask: number[][] = Array.from({ length: B }, (_, row) =>
  Array.from({ length: T }, (_, t) => Number(row < 7 && t >= row % 2 && t < 5 - (row % 3))),
)
const tokens = mask.flat().reduce((sum, x) => sum + x, 0)

/** Differences far enough from the clip's kinks at ±0.2 (and at log 1.2, log 0.8) for finite differences; 0 is the starting point. */
const steps = [0, 0.05, -0.1, 0.5, -0.6, 0.3, -0.4]
const moves = Array.from({ length: B }, (_, row) => Array.from({ length: T }, (_, t) => steps[(row * T + t) % 7] ?? 0))

const oldLogp = grid(-4, -0.5, 1)
/** What another program gave for the same tokens: from a third of the probability to three times as much. */
const apart = [0, 0.9, -0.3, -1.1, 0.2, 0.75, -0.05]
const sampledLogp = plus(
  oldLogp,
  Array.from({ length: B }, (_, row) => Array.from({ length: T }, (_, t) => apart[(row + 3 * t) % 7] ?? 0)),
)
const LIMIT = 2

/** [B, T] weights of a rule that sees only the tokens of the mask, as in a run. */
function weightsBy(rule: (input: ImportanceInput) => Float32Array): number[][] {
  return mask.map((row, i) => {
    const counted = row.flatMap((is, t) => (is ? [t] : []))
    const only = (rows: readonly (readonly number[])[]) => Float32Array.from(counted, (t) => rows[i]![t]!)
    const weights = rule({ logp: only(oldLogp), sampledLogp: only(sampledLogp), limit: LIMIT })
    return row.map((is, t) => (is ? weights[counted.indexOf(t)]! : 0))
  })
}

/** The policy loss with corrected advantages; PyTorch computes the weights for itself. */
const importanceCase = (name: string, rule: (input: ImportanceInput) => Float32Array): ObjectiveCase => ({
  name,
  inputs: {
    logp: plus(oldLogp, moves),
    oldLogp,
    sampledLogp,
    weights: weightsBy(rule),
    advantages: grid(-2, 2, 9),
    mask,
  },
  denominator: tokens,
  hyper: { clip: 0.2, limit: LIMIT },
  wrt: ['logp'],
  run: (t, denominator) => {
    const { weights, ...given } = pick(t, ['logp', 'oldLogp', 'advantages', 'mask', 'weights'])
    return clippedPolicyLoss({ ...given, advantages: tf.mul(given.advantages, weights), denominator, clip: 0.2 })
  },
})

const oldValues = grid(-1, 1, 2)
const pairs = {
  logpChosen: spread(B, -9, -3, 3),
  logpRejected: spread(B, -12, -3, 4),
  lengthChosen: [3, 4, 5, 6, 7, 8, 9, 0],
  lengthRejected: [9, 8, 7, 6, 5, 4, 3, 0],
  refLogpChosen: spread(B, -9, -3, 5),
  refLogpRejected: spread(B, -12, -3, 6),
  weight,
}
const { refLogpChosen: _c, refLogpRejected: _r, ...unreferenced } = pairs
const { lengthChosen: _lc, lengthRejected: _lr, ...referenced } = pairs

/** The tensors called `names`, typed; a case always has them. */
function pick<K extends string>(tensors: Record<string, Tensor>, names: readonly K[]): Record<K, Tensor> {
  return Object.fromEntries(names.map((name) => [name, tensors[name]])) as Record<K, Tensor>
}

const PAIRS = ['logpChosen', 'logpRejected', 'weight'] as const
const LENGTHS = ['lengthChosen', 'lengthRejected'] as const

export const OBJECTIVE_CASES: readonly ObjectiveCase[] = [
  {
    name: 'sft',
    inputs: { logp: oldLogp, mask },
    denominator: tokens,
    hyper: {},
    wrt: ['logp'],
    run: (t, denominator) => sftLoss({ ...pick(t, ['logp', 'mask']), denominator }),
  },
  {
    name: 'dpo',
    inputs: referenced,
    denominator: 7,
    hyper: { beta: 0.1 },
    wrt: ['logpChosen', 'logpRejected'],
    run: (t, denominator) =>
      dpoLoss({ ...pick(t, [...PAIRS, 'refLogpChosen', 'refLogpRejected']), denominator, beta: 0.1 }),
  },
  {
    name: 'simpo',
    inputs: unreferenced,
    denominator: 7,
    hyper: { beta: 2.5, gammaRatio: 0.55 },
    wrt: ['logpChosen', 'logpRejected'],
    run: (t, denominator) =>
      simpoLoss({ ...pick(t, [...PAIRS, ...LENGTHS]), denominator, beta: 2.5, gammaRatio: 0.55 }),
  },
  {
    name: 'orpo',
    inputs: unreferenced,
    denominator: 7,
    hyper: { lambda: 0.1 },
    wrt: ['logpChosen', 'logpRejected'],
    run: (t, denominator) => orpoLoss({ ...pick(t, [...PAIRS, ...LENGTHS]), denominator, lambda: 0.1 }),
  },
  {
    name: 'kto',
    inputs: { logp: spread(B, -9, -3, 7), refLogp: spread(B, -9, -3, 8), label: [1, 0, 1, 1, 0, 0, 1, 1], weight },
    denominator: 7,
    hyper: { beta: 0.3, klBaseline: 0.7, desirableWeight: 1.2, undesirableWeight: 0.8 },
    wrt: ['logp'],
    run: (t, denominator) =>
      ktoLoss({
        ...pick(t, ['logp', 'refLogp', 'label', 'weight']),
        klBaseline: tf.scalar(0.7),
        denominator,
        desirableCount: tf.scalar(4),
        undesirableCount: tf.scalar(3),
        beta: 0.3,
        desirableWeight: 1.2,
        undesirableWeight: 0.8,
      }),
  },
  {
    name: 'policy',
    inputs: { logp: plus(oldLogp, moves), oldLogp, advantages: grid(-2, 2, 9), mask },
    denominator: tokens,
    hyper: { clip: 0.2 },
    wrt: ['logp'],
    run: (t, denominator) =>
      clippedPolicyLoss({ ...pick(t, ['logp', 'oldLogp', 'advantages', 'mask']), denominator, clip: 0.2 }),
  },
  importanceCase('importance', truncatedWeights),
  importanceCase('sequence_importance', maskedWeights),
  {
    name: 'value',
    inputs: { values: plus(oldValues, moves), oldValues, returns: grid(-1, 1, 10), mask },
    denominator: tokens,
    hyper: { clip: 0.2 },
    wrt: ['values'],
    run: (t, denominator) =>
      clippedValueLoss({ ...pick(t, ['values', 'oldValues', 'returns', 'mask']), denominator, clip: 0.2 }),
  },
  {
    name: 'k3',
    inputs: { logp: plus(oldLogp, moves), refLogp: oldLogp, mask },
    denominator: tokens,
    hyper: {},
    wrt: ['logp'],
    run: (t, denominator) => k3Kl({ ...pick(t, ['logp', 'refLogp', 'mask']), denominator }),
  },
]

export function tensorsOf(inputs: ObjectiveCase['inputs']): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, rows]) => [name, tf.tensor(rows as number[], undefined, 'float32')]),
  )
}

export type Evaluation = {
  readonly loss: number
  readonly stats: Record<string, number>
  readonly grads: Record<string, number[]>
}

/** Loss, stats and gradients as plain numbers; leaves no tensor behind. */
export function evaluate(
  objective: ObjectiveCase,
  inputs = objective.inputs,
  denominator = objective.denominator,
): Evaluation {
  return tf.tidy(() => {
    const tensors = tensorsOf(inputs)
    const divisor = tf.scalar(denominator)
    const { loss, stats } = objective.run(tensors, divisor)
    const lossOf = (...wrt: Tensor[]) =>
      objective.run({ ...tensors, ...Object.fromEntries(objective.wrt.map((name, i) => [name, wrt[i]!])) }, divisor)
        .loss
    const grads = tf.grads(lossOf)(objective.wrt.map((name) => tensors[name]!))
    return {
      loss: loss.dataSync()[0]!,
      stats: Object.fromEntries(Object.entries(stats).map(([name, stat]) => [name, stat.dataSync()[0]!])),
      grads: Object.fromEntries(objective.wrt.map((name, i) => [name, Array.from(grads[i]!.dataSync())])),
    }
  })
}
