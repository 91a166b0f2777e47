import { tf } from '@engine/tensor/tf'
import '@tensorflow/tfjs-backend-cpu'
import { beforeAll, describe, expect, test } from 'vitest'
import { evaluate, OBJECTIVE_CASES, type ObjectiveCase, tensorsOf } from './cases'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

/** `inputs` with `change` applied to entry `index` (counted over the flattened rows) of `name`. */
function changed(inputs: ObjectiveCase['inputs'], name: string, change: (x: number, index: number) => number) {
  let index = 0
  const visit = (x: number) => change(x, index++)
  const rows = inputs[name] ?? []
  const next = rows.map((row) => (typeof row === 'number' ? visit(row) : row.map(visit)))
  return { ...inputs, [name]: next as ObjectiveCase['inputs'][string] }
}

const row = (inputs: ObjectiveCase['inputs'], i: number) =>
  Object.fromEntries(Object.entries(inputs).map(([name, rows]) => [name, rows.slice(i, i + 1) as typeof rows]))

const areFinite = (values: readonly number[]) => values.every(Number.isFinite)

describe.each(OBJECTIVE_CASES)('$name', (objective) => {
  test('the gradient equals central finite differences', () => {
    const { grads } = evaluate(objective)
    const h = 1e-2
    for (const name of objective.wrt) {
      const lossAt = (i: number, shift: number) =>
        evaluate(
          objective,
          changed(objective.inputs, name, (x, k) => (k === i ? x + shift : x)),
        ).loss
      const numeric = (grads[name] ?? []).map((_, i) => (lossAt(i, h) - lossAt(i, -h)) / (2 * h))
      expect(Math.max(...numeric.map(Math.abs))).toBeGreaterThan(1e-3)
      numeric.forEach((value, i) => {
        expect(Math.abs(value - (grads[name]?.[i] ?? Number.NaN))).toBeLessThan(1e-4)
      })
    }
  })

  test('a batch of eight equals eight batches of one added up: loss, stats and gradients', () => {
    const whole = evaluate(objective)
    const parts = Array.from({ length: 8 }, (_, i) =>
      evaluate(objective, row(objective.inputs, i), objective.denominator),
    )
    const total = (pick: (part: (typeof parts)[number]) => number) => parts.reduce((sum, part) => sum + pick(part), 0)
    expect(total((part) => part.loss)).toBeCloseTo(whole.loss, 5)
    for (const [name, stat] of Object.entries(whole.stats)) {
      expect(total((part) => part.stats[name] ?? Number.NaN)).toBeCloseTo(stat, 5)
    }
    for (const name of objective.wrt) {
      const joined = parts.flatMap((part) => part.grads[name] ?? [])
      joined.forEach((value, i) => {
        expect(value).toBeCloseTo(whole.grads[name]?.[i] ?? Number.NaN, 6)
      })
    }
  })

  test('padding rows change nothing and get no gradient', () => {
    const garbage = objective.wrt.reduce(
      (inputs, name) =>
        changed(inputs, name, (x, i) => (i >= (inputs[name] ?? []).flat().length * (7 / 8) ? -12345 : x)),
      objective.inputs,
    )
    const found = evaluate(objective, garbage)
    expect(found).toEqual(evaluate(objective))
    for (const name of objective.wrt) expect(found.grads[name]?.slice(-1)).toEqual([expect.closeTo(0, 12)])
  })

  test.each([1e4, -1e4, 0])('stays finite when every differentiated input is %d', (extreme) => {
    const inputs = objective.wrt.reduce((all, name) => changed(all, name, () => extreme), objective.inputs)
    const { loss, stats, grads } = evaluate(objective, inputs)
    expect(areFinite([loss, ...Object.values(stats), ...Object.values(grads).flat()])).toBe(true)
  })

  test('stays finite when inputs are at opposite extremes', () => {
    const inputs = objective.wrt.reduce(
      (all, name, k) => changed(all, name, (_, i) => ((i + k) % 2 ? 1e4 : -1e4)),
      objective.inputs,
    )
    const { loss, stats, grads } = evaluate(objective, inputs)
    expect(areFinite([loss, ...Object.values(stats), ...Object.values(grads).flat()])).toBe(true)
  })

  test('only the results stay in memory', () => {
    const tensors = tensorsOf(objective.inputs)
    const denominator = tf.scalar(objective.denominator)
    const before = tf.memory().numTensors
    const { loss, stats } = tf.tidy(() => objective.run(tensors, denominator))
    const results = new Set([loss, ...Object.values(stats)])
    expect(tf.memory().numTensors - before).toBe(results.size)
    tf.dispose([tensors, denominator, ...results])
  })

  test('a wrong shape is named', () => {
    const name = Object.keys(objective.inputs)[1] ?? ''
    const tensors = {
      ...tensorsOf(objective.inputs),
      [name]: tf.zeros(Array.isArray(objective.inputs[name]?.[0]) ? [3, 5] : [3]),
    }
    expect(() => objective.run(tensors, tf.scalar(1))).toThrow(new RegExp(`${name}: expected shape \\[8.*found \\[3`))
  })
})
