/** Frozen matrices in 16 and 8 bits: what is computed with them is what is computed with the float32 numbers they stand for. */

import { compile } from '@engine/compile/compile'
import { linearLogProb } from '@engine/core/linear-logprob'
import { type NarrowMatrix, narrowMatMul, widen, widenRows } from '@engine/core/narrow'
import { narrowLogProb } from '@engine/core/narrow-logprob'
import { normal } from '@engine/core/rng'
import { openBackend } from '@engine/devices/choose'
import type { Backend } from '@engine/tensor/backend'
import { type Tensor, type Tensor1D, type Tensor2D, tf } from '@engine/tensor/tf'
import { isNarrowTensor } from '@main/formats/host-tensor'
import { narrowed, widened } from '@main/formats/narrow-weights'
import { describe, expect, test } from 'vitest'

const ROWS = 23
const COLUMNS = 10 // neither a multiple of 4
const N = 7

const numbers = (size: number, stream: number) => Float32Array.from({ length: size }, (_, i) => normal(3, stream, i))

/** Rows of very different sizes, one of them all zeros, so that one scale for all would not do. */
const weights = numbers(ROWS * COLUMNS, 1).map((value, i) => value * 10 ** ((Math.floor(i / COLUMNS) % 5) - 2))
weights.fill(0, 4 * COLUMNS, 5 * COLUMNS)

function narrowOf(precision: 'float16' | 'int8') {
  const tensor = narrowed({ shape: [ROWS, COLUMNS], data: weights }, precision)
  if (!isNarrowTensor(tensor)) throw new Error('a matrix became nothing narrower')
  return tensor
}

/** Inputs of a program: the matrix narrow and wide, activations, ids and a gradient from above. */
function inputsOf(backend: Backend, precision: 'float16' | 'int8') {
  const tensor = narrowOf(precision)
  const ids = Int32Array.from({ length: N }, (_, i) => (i * 7) % ROWS)
  return {
    values: backend.narrow(tensor.data, tensor.shape),
    ...(tensor.scale ? { scale: backend.tensor(tensor.scale, [ROWS]) } : {}),
    wide: backend.tensor(widened(tensor).data, [ROWS, COLUMNS]),
    x: backend.tensor(numbers(N * COLUMNS, 2), [N, COLUMNS]),
    ids: backend.tensor(ids, [N]),
    dy: backend.tensor(numbers(N * ROWS, 4), [N, ROWS]),
    dlogp: backend.tensor(numbers(N, 5), [N]),
  }
}

const matrixOf = (inputs: Readonly<Record<string, Tensor>>): NarrowMatrix => ({
  values: inputs['values']!,
  scale: inputs['scale'] ?? null,
  columns: COLUMNS,
})

const BACKENDS = ['onnx', 'wasm', 'cpu'] as const
const CASES = BACKENDS.flatMap((name) => (['float16', 'int8'] as const).map((precision) => [name, precision] as const))

function expectClose(own: ArrayLike<number>, expected: ArrayLike<number>, digits: number) {
  expect(own.length).toBe(expected.length)
  const largest = Math.max(...Array.from(expected, Math.abs))
  expect(largest).toBeGreaterThan(0)
  for (let i = 0; i < own.length; i++) expect(own[i]! / largest).toBeCloseTo(expected[i]! / largest, digits)
}

describe.each(CASES)('%s, %s', (name, precision) => {
  test('rows and blocks are the numbers that the bytes stand for, bit for bit', async () => {
    const backend = await openBackend(name)
    const program = backend.program('widen', (inputs) => ({
      block: widen(matrixOf(inputs), { start: 3, size: 9 }, inputs['x']!),
      rows: widenRows(matrixOf(inputs), inputs['ids'] as Tensor1D),
    }))
    const inputs = inputsOf(backend, precision)
    const out = await program.run(inputs)
    const { data } = widened(narrowOf(precision))
    expect([...(await backend.read(out['block']!))]).toEqual([...data.subarray(3 * COLUMNS, 12 * COLUMNS)])
    const rows = Array.from({ length: N }, (_, i) => [
      ...data.subarray(((i * 7) % ROWS) * COLUMNS).subarray(0, COLUMNS),
    ])
    expect([...(await backend.read(out['rows']!))]).toEqual(rows.flat())
    await backend.close()
  })

  test.each([1 << 23, 6 * COLUMNS])(
    'products and their gradient, at most %i numbers widened at once',
    async (atOnce) => {
      const backend = await openBackend(name)
      const both = backend.program(`products-${atOnce}`, (inputs) => {
        const own = (x: Tensor) => narrowMatMul(x, matrixOf(inputs), atOnce)
        const reference = (x: Tensor) => tf.matMul(x as Tensor2D, inputs['wide'] as Tensor2D, false, true)
        const run = (f: (x: Tensor) => Tensor) => tf.valueAndGrad(f)(inputs['x']!, inputs['dy']!)
        const [a, b] = [run(own), run(reference)]
        return { value: a.value, grad: a.grad, expectedValue: b.value, expectedGrad: b.grad }
      })
      const out = await both.run(inputsOf(backend, precision))
      const read = async (key: keyof typeof out) => backend.read(out[key]!)
      expectClose(await read('value'), await read('expectedValue'), 6)
      expectClose(await read('grad'), await read('expectedGrad'), 6)
      await backend.close()
    },
  )

  test.each([
    [1 << 23, { temperature: 0.7 }],
    [3 * COLUMNS, { temperature: 0.7 }],
    [3 * COLUMNS, { temperature: 0.7, divisor: 2, softcap: 1.5 }],
  ])('log-probabilities and their gradient, at most %i numbers at once, %j', async (atOnce, rules) => {
    const backend = await openBackend(name)
    const both = backend.program(`logprobs-${atOnce}`, (inputs) => {
      const ids = inputs['ids'] as Tensor1D
      const own = (x: Tensor) => narrowLogProb(x as Tensor2D, matrixOf(inputs), ids, rules, atOnce)
      const reference = (x: Tensor) => linearLogProb(x as Tensor2D, inputs['wide'] as Tensor2D, ids, rules)
      const run = (f: (x: Tensor) => Tensor) => tf.valueAndGrad(f)(inputs['x']!, inputs['dlogp']!)
      const [a, b] = [run(own), run(reference)]
      return { value: a.value, grad: a.grad, expectedValue: b.value, expectedGrad: b.grad }
    })
    const out = await both.run(inputsOf(backend, precision))
    const read = async (key: keyof typeof out) => backend.read(out[key]!)
    expectClose(await read('value'), await read('expectedValue'), 5)
    expectClose(await read('grad'), await read('expectedGrad'), 5)
    await backend.close()
  })
})

test.each(BACKENDS)('%s reads every half-precision number and every pair of bytes', async (name) => {
  const backend = await openBackend(name)
  const isNumber = (half: number) => ((half >> 10) & 31) < 31
  const halves = Uint16Array.from({ length: 1 << 16 }, (_, i) => i).filter(isNumber)
  const bytes = Int8Array.from({ length: 255 * 256 }, (_, i) => (i % 2 ? (i >> 1) % 255 : Math.floor(i / 510)) - 127)
  const program = backend.program('all', ({ halves, bytes, scale }) => ({
    halves: widen({ values: halves!, scale: null, columns: 16 }, { start: 0, size: halves!.shape[0]! }, scale!),
    bytes: widen({ values: bytes!, scale: scale!, columns: 256 }, { start: 0, size: 255 }, scale!),
  }))
  const out = await program.run({
    halves: backend.narrow(halves, [halves.length / 16, 16]),
    bytes: backend.narrow(bytes, [255, 256]),
    scale: backend.tensor(new Float32Array(255).fill(1), [255]),
  })
  const shape = [halves.length / 16, 16] as const
  expect(await backend.read(out['halves']!)).toEqual(widened({ shape, data: halves, scale: null }).data)
  expect(await backend.read(out['bytes']!)).toEqual(Float32Array.from(bytes))
  await backend.close()
})

test('rounding to 8 bits is off by half a unit of its row at most, to 16 bits by 2⁻¹¹ of the number', () => {
  const int8 = narrowOf('int8')
  const half = widened(narrowOf('float16')).data
  for (const [i, value] of widened(int8).data.entries()) {
    const unit = int8.scale![Math.floor(i / COLUMNS)]!
    expect(Math.abs(value - weights[i]!)).toBeLessThanOrEqual(0.501 * unit)
    expect(Math.abs(half[i]! - weights[i]!)).toBeLessThanOrEqual(Math.abs(weights[i]!) * 2 ** -11 + 2 ** -25)
  }
})

test('a compiled graph widens each matrix where it is needed: nothing is merged between the two passes or left waiting for them', () => {
  const graph = compile(
    'passes',
    (inputs) => {
      const matrix: NarrowMatrix = { values: inputs['values']!, scale: inputs['scale']!, columns: COLUMNS }
      const twice = (x: Tensor) => tf.sum(tf.square(tf.slice(narrowMatMul(tf.square(x), matrix), [0, 0], [N, COLUMNS])))
      return { grad: tf.grad(twice)(inputs['x']!) }
    },
    {
      values: { shape: [ROWS, COLUMNS], dtype: 'int8' },
      scale: { shape: [ROWS], dtype: 'float32' },
      x: { shape: [N, COLUMNS], dtype: 'float32' },
    },
  )
  const widens = graph.nodes.filter(({ op }) => op === 'DequantizeLinear')
  expect(widens).toHaveLength(2)
  for (const { inputs, outputs } of widens) {
    const source = graph.nodes.find((node) => node.outputs.includes(inputs[0]!))
    expect(source?.op).toBe('Reshape')
    const shapeOf = graph.nodes.find((node) => node.outputs.includes(source!.inputs[1]!))
    expect(shapeOf?.op).toBe('Add')
    expect(graph.nodes.filter((node) => node.inputs.includes(outputs[0]!)).map(({ op }) => op)).toEqual(['Gemm'])
  }
})
