/** The same objectives and optimiser, compiled to ONNX graphs: values, gradients and extremes equal the eager ones. */
import { createOnnxBackend } from '@engine/devices/onnx'
import { adamw } from '@engine/optim/adamw'
import type { TensorFunction } from '@engine/tensor/tensors'
import { type Scalar, type Tensor, tf } from '@engine/tensor/tf'
import '@tensorflow/tfjs-backend-cpu'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { evaluate, OBJECTIVE_CASES, type ObjectiveCase } from '../unit/engine/objectives/cases'

const onnx = createOnnxBackend({ threads: 1 })
beforeAll(async () => {
  await tf.setBackend('cpu')
})
afterAll(() => onnx.close())

type Host = Readonly<Record<string, { readonly shape: readonly number[]; readonly values: Float32Array }>>

const host = (rows: ObjectiveCase['inputs'][string]) => {
  const shape = Array.isArray(rows[0]) ? [rows.length, rows[0].length] : [rows.length]
  return { shape, values: Float32Array.from(rows.flat()) }
}

async function runCompiled(name: string, fn: TensorFunction, inputs: Host): Promise<Record<string, number[]>> {
  const tensors = Object.entries(inputs).map(([key, { shape, values }]) => [key, onnx.tensor(values, shape)])
  const outputs = await onnx.program(name, fn).run(Object.fromEntries(tensors))
  const read = Object.entries(outputs).map(async ([key, tensor]) => [key, Array.from(await onnx.read(tensor))])
  return Object.fromEntries(await Promise.all(read))
}

/** Loss, stats (`stat:` + name) and gradients (`grad:` + name) of an objective as one function of its inputs. */
function lossAndGradients(objective: ObjectiveCase): TensorFunction {
  return (tensors) => {
    const { denominator, ...rest } = tensors
    const run = (wrt: readonly Tensor[]) =>
      objective.run(
        { ...rest, ...Object.fromEntries(objective.wrt.map((name, i) => [name, wrt[i]!])) },
        denominator as never,
      )
    const wrt = objective.wrt.map((name) => tensors[name]!)
    const { value, grads } = tf.valueAndGrads((...xs: Tensor[]) => run(xs).loss)(wrt)
    const named = (kind: string, entries: readonly (readonly [string, Tensor])[]) =>
      Object.fromEntries(entries.map(([name, tensor]) => [`${kind}:${name}`, tensor]))
    const stats = named('stat', Object.entries(run(wrt).stats))
    return {
      loss: value,
      ...stats,
      ...named(
        'grad',
        objective.wrt.map((name, i) => [name, grads[i]!]),
      ),
    }
  }
}

function compiled(objective: ObjectiveCase, inputs = objective.inputs) {
  const tensors = Object.entries(inputs).map(([name, rows]) => [name, host(rows)])
  const denominator = { shape: [], values: Float32Array.of(objective.denominator) }
  return runCompiled(objective.name, lossAndGradients(objective), { ...Object.fromEntries(tensors), denominator })
}

describe.each(OBJECTIVE_CASES)('$name, compiled', (objective) => {
  test('has the loss, stats and gradients of the eager run', async () => {
    const found = await compiled(objective)
    const { loss, stats, grads } = evaluate(objective)
    const expected = new Map([['loss', [loss]]])
    for (const [name, value] of Object.entries(stats)) expected.set(`stat:${name}`, [value])
    for (const [name, values] of Object.entries(grads)) expected.set(`grad:${name}`, values)
    expect(Object.keys(found).sort()).toEqual([...expected.keys()].sort())
    for (const [name, values] of expected) expect(found[name], name).toEqual(values.map((x) => expect.closeTo(x, 5)))
  })

  test.each([1e4, -1e4, 0])('stays finite when every differentiated input is %d', async (extreme) => {
    const fill = (rows: ObjectiveCase['inputs'][string]) =>
      rows.map((row) => (typeof row === 'number' ? extreme : row.map(() => extreme))) as typeof rows
    const replaced = Object.fromEntries(objective.wrt.map((name) => [name, fill(objective.inputs[name] ?? [])]))
    const found = await compiled(objective, { ...objective.inputs, ...replaced })
    for (const [name, values] of Object.entries(found)) expect(values.every(Number.isFinite), name).toBe(true)
  })
})

test('an AdamW step, compiled, equals the eager one for any step number', async () => {
  const optimiser = adamw({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1, maxGradNorm: 1 })
  const step: TensorFunction = (t) => {
    const tree = (kind: string) => ({ w: t[`${kind}w`]!, b: t[`${kind}b`]! })
    const state = { m: tree('m'), v: tree('v') }
    const scalars = { learningRate: t.rate as Scalar, step: t.step as Scalar }
    const next = optimiser.update({ params: tree('p'), grads: tree('g'), state, ...scalars })
    return { w: next.params.w!, b: next.params.b!, mw: next.state.m.w!, vb: next.state.v.b!, norm: next.gradNorm }
  }
  const pair = (kind: string, values: readonly number[]) => ({
    [`${kind}w`]: { shape: [2, 2], values: Float32Array.from(values) },
    [`${kind}b`]: { shape: [4], values: Float32Array.from(values) },
  })
  const trees = {
    ...pair('p', [1, -2, 3, 4]),
    ...pair('g', [2, 0, -1, 3]),
    ...pair('m', [0, 1, 2, 3]),
    ...pair('v', [0, 1, 2, 9]),
  }
  for (const number of [1, 2, 1000]) {
    const scalars = {
      rate: { shape: [], values: Float32Array.of(0.01) },
      step: { shape: [], values: Float32Array.of(number) },
    }
    const inputs: Host = { ...trees, ...scalars }
    const found = await runCompiled('adamw', step, inputs)
    const eager = step(
      Object.fromEntries(Object.entries(inputs).map(([k, { shape, values }]) => [k, tf.tensor(values, [...shape])])),
    )
    for (const [name, tensor] of Object.entries(eager)) {
      expect(found[name], name).toEqual(Array.from(tensor.dataSync()).map((x) => expect.closeTo(x, 5)))
    }
  }
})
