/** Every lowering, run by ONNX Runtime, against tfjs's own kernel on the plain JavaScript backend. */

import { LOWERINGS } from '@engine/compile/lowerings'
import { createOnnxBackend } from '@engine/devices/onnx'
import type { TensorFunction } from '@engine/tensor/tensors'
import { type Tensor, type Tensor2D, tf } from '@engine/tensor/tf'
import '@tensorflow/tfjs-backend-cpu'
import { afterAll, describe, expect, test } from 'vitest'

const backend = createOnnxBackend({ threads: 2 })
afterAll(() => backend.close())

const wave = (size: number, scale = 1) => Float32Array.from({ length: size }, (_, i) => scale * Math.sin(1.3 * i + 0.4))
const positive = (size: number) => wave(size).map((v) => Math.abs(v) + 0.1)

interface Input {
  readonly values: Float32Array | Int32Array
  readonly shape: number[]
}
const f = (shape: number[], values = wave(shape.reduce((a, b) => a * b, 1))): Input => ({ values, shape })
const ints = (...values: number[]): Input => ({ values: Int32Array.from(values), shape: [values.length] })
const x = { x: f([3, 4]) }
const pair = { a: f([3, 4]), b: f([4], positive(4)) }
const bool = (t: Tensor) => tf.cast(t, 'float32')

type Case = readonly [
  kernel: string,
  inputs: Record<string, Input>,
  fn: (t: Record<string, Tensor>) => Tensor | Tensor[],
]

const unaryCases: Case[] = (
  [
    ['Neg', tf.neg],
    ['Abs', tf.abs],
    ['Sign', tf.sign],
    ['Exp', tf.exp],
    ['Sigmoid', tf.sigmoid],
    ['Softplus', tf.softplus],
    ['Tanh', tf.tanh],
    ['Relu', tf.relu],
    ['Step', (t: Tensor) => tf.step(t)],
    ['Floor', tf.floor],
    ['Sin', tf.sin],
    ['Cos', tf.cos],
    ['Square', tf.square],
    ['Identity', (t: Tensor) => tf.add(tf.clone(t), 1)],
    ['OnesLike', (t: Tensor) => tf.add(t, tf.onesLike(t))],
    ['ZerosLike', (t: Tensor) => tf.sub(tf.zerosLike(t), t)],
    ['ClipByValue', (t: Tensor) => tf.clipByValue(t, -0.5, 0.25)],
    ['Softmax', (t: Tensor) => tf.softmax(t)],
    ['LogSoftmax', (t: Tensor) => tf.logSoftmax(t)],
    ['Sum', (t: Tensor) => tf.sum(t, 0, true)],
    ['Mean', (t: Tensor) => tf.mean(t, 1)],
    ['Max', (t: Tensor) => tf.max(t, 1)],
    ['Min', (t: Tensor) => tf.min(t)],
    ['ArgMax', (t: Tensor) => bool(tf.argMax(t, 1))],
    ['Cumsum', (t: Tensor) => tf.cumsum(t, 1, true, true)],
    ['Reshape', (t: Tensor) => tf.reshape(t, [2, -1])],
    ['ExpandDims', (t: Tensor) => tf.expandDims(t, -1)],
    ['Transpose', (t: Tensor) => tf.transpose(t)],
    ['Slice', (t: Tensor) => tf.slice(t, [1, 1], [2, 2])],
    ['SplitV', (t: Tensor) => tf.split(t, [1, 3], 1)],
    ['Unpack', (t: Tensor) => tf.unstack(t, 1)],
    [
      'PadV2',
      (t: Tensor) =>
        tf.pad(
          t,
          [
            [1, 0],
            [0, 2],
          ],
          7,
        ),
    ],
    ['Tile', (t: Tensor) => tf.tile(t, [2, 3])],
    ['BroadcastTo', (t: Tensor) => tf.broadcastTo(tf.slice(t, [0, 0], [1, 4]), [5, 4])],
    ['Fill', (t: Tensor) => tf.mul(t, tf.fill([3, 4], 2.5))],
    ['Cast', (t: Tensor) => bool(tf.cast(t, 'bool'))],
  ] as [string, (t: Tensor) => Tensor | Tensor[]][]
).map(([kernel, fn]) => [kernel, x, (t) => fn(t['x']!)])

const CASES: Case[] = [
  ...unaryCases,
  ...(['log', 'log1p', 'sqrt', 'rsqrt', 'reciprocal'] as const).map(
    (name): Case => [
      { log: 'Log', log1p: 'Log1p', sqrt: 'Sqrt', rsqrt: 'Rsqrt', reciprocal: 'Reciprocal' }[name],
      { x: f([3, 4], positive(12)) },
      (t) => tf[name](t['x']!),
    ],
  ),
  ['Prod', x, (t) => tf.prod(t['x']!, 1)],
  ['Add', pair, (t) => tf.add(t['a']!, t['b']!)],
  ['Sub', pair, (t) => tf.sub(t['b']!, t['a']!)],
  ['Multiply', pair, (t) => tf.mul(t['a']!, t['b']!)],
  ['RealDiv', pair, (t) => tf.div(t['a']!, t['b']!)],
  ['Maximum', pair, (t) => tf.maximum(t['a']!, t['b']!)],
  ['Minimum', pair, (t) => tf.minimum(t['a']!, 0.1)],
  ['Pow', { a: f([3, 4], positive(12)), b: f([4]) }, (t) => tf.pow(t['a']!, t['b']!)],
  ['SquaredDifference', pair, (t) => tf.squaredDifference(t['a']!, t['b']!)],
  ['Equal', { a: ints(1, 2, 3), b: ints(1, 5, 3) }, (t) => bool(tf.equal(t['a']!, t['b']!))],
  ['NotEqual', { a: ints(1, 2, 3), b: ints(1, 5, 3) }, (t) => bool(tf.notEqual(t['a']!, t['b']!))],
  ['Greater', pair, (t) => bool(tf.greater(t['a']!, t['b']!))],
  ['GreaterEqual', pair, (t) => bool(tf.greaterEqual(t['a']!, t['b']!))],
  ['Less', pair, (t) => bool(tf.less(t['a']!, t['b']!))],
  ['LessEqual', pair, (t) => bool(tf.lessEqual(t['a']!, t['b']!))],
  ['LogicalAnd', pair, (t) => bool(tf.logicalAnd(tf.greater(t['a']!, 0), tf.less(t['a']!, 0.5)))],
  ['LogicalOr', pair, (t) => bool(tf.logicalOr(tf.greater(t['a']!, 0.5), tf.less(t['a']!, -0.5)))],
  ['LogicalNot', pair, (t) => bool(tf.logicalNot(tf.greater(t['a']!, 0)))],
  ['Select', { a: f([3, 4]), b: f([3, 4], positive(12)) }, (t) => tf.where(tf.greater(t['a']!, 0), t['a']!, t['b']!)],
  ['Concat', pair, (t) => tf.concat([t['a']!, tf.expandDims(t['b']!, 0)], 0)],
  ['Pack', { a: f([3]), b: f([3], positive(3)) }, (t) => tf.stack([t['a']!, t['b']!], 1)],
  ['GatherV2', { x: f([5, 3]), i: ints(4, 0, 4) }, (t) => tf.gather(t['x']!, t['i'] as never)],
  [
    'TensorScatterUpdate',
    { x: f([2, 3, 2]), i: { values: Int32Array.of(1, 2, 0, 0), shape: [2, 2] }, u: f([2, 2], positive(4)) },
    (t) => tf.tensorScatterUpdate(t['x']!, t['i']!, t['u']!),
  ],
  ['OneHot', { i: ints(2, 0, 3) }, (t) => tf.oneHot(t['i'] as never, 4, 2, -1)],
  [
    'UnsortedSegmentSum',
    { x: f([4, 3]), i: ints(1, 0, 1, 1) },
    (t) => tf.unsortedSegmentSum(t['x']!, t['i'] as never, 3),
  ],
  [
    'UnsortedSegmentSum',
    // more than is one-hot at once
    { x: f([4100, 2]), i: ints(...Array.from({ length: 4100 }, (_, i) => (i * 7919) % 3000)) },
    (t) => tf.unsortedSegmentSum(t['x']!, t['i'] as never, 3000),
  ],
  [
    'BatchMatMul',
    { a: f([3, 4]), b: f([5, 4]) },
    (t) => tf.matMul(t['a'] as Tensor2D, t['b'] as Tensor2D, false, true),
  ],
  ['BatchMatMul', { a: f([2, 3, 4]), b: f([2, 4, 5]) }, (t) => tf.matMul(t['a']!, t['b']!)],
  ['BatchMatMul', { a: f([2, 4, 3]), b: f([2, 5, 4]) }, (t) => tf.matMul(t['a']!, t['b']!, true, true)],
  ['BatchMatMul', { a: f([2, 2, 3, 4]), b: f([2, 2, 5, 4]) }, (t) => tf.matMul(t['a']!, t['b']!, false, true)],
]

/** Compared with composed operations elsewhere: compile.test.ts and the model's parity with PyTorch. */
const OUR_OWN = ['GatherLogProb', 'GatherLogProbGrad', 'RmsNorm', 'Rope', 'ScatterRows', 'Widen', 'WidenRows', 'After']

const listed = (result: Tensor | Tensor[]) =>
  Object.fromEntries([result].flat().map((tensor, i) => [`out${i}`, tensor]))

describe('a lowering computes what the tfjs kernel does', () => {
  test.each(CASES.map(([kernel, inputs, fn], i) => ({ name: `${kernel} (${i})`, inputs, fn })))(
    '$name',
    async ({ name, inputs, fn }) => {
      const program = backend.program(name, ((t: Record<string, Tensor>) => listed(fn(t))) as TensorFunction)
      const tensors = Object.fromEntries(
        Object.entries(inputs).map(([key, { values, shape }]) => [key, backend.tensor(values, shape)]),
      )
      const out = await program.run(tensors)
      await tf.setBackend('cpu')
      const eager = listed(
        fn(
          Object.fromEntries(
            Object.entries(inputs).map(([key, { values, shape }]) => [
              key,
              tf.tensor(values, shape, values instanceof Int32Array ? 'int32' : 'float32'),
            ]),
          ),
        ),
      )
      expect(Object.keys(out)).toEqual(Object.keys(eager))
      for (const [key, expected] of Object.entries(eager)) {
        expect(out[key]!.shape).toEqual(expected.shape)
        const values = await backend.read(out[key]!)
        for (const [i, value] of (await expected.data()).entries()) expect(values[i]).toBeCloseTo(value, 5)
      }
    },
  )

  test('and none is without a case here', () => {
    const covered = new Set([...CASES.map(([kernel]) => kernel), ...OUR_OWN])
    expect(Object.keys(LOWERINGS).filter((kernel) => !covered.has(kernel))).toEqual([])
  })
})

test('repeated ids add up exactly in the gradient of a gather, every time', async () => {
  const ids = Int32Array.from({ length: 4096 }, (_, i) => i % 7)
  const program = backend.program('embedding-gradient', ((t: Record<string, Tensor>) => ({
    grad: tf.grad((table) => tf.sum(tf.gather(table, t['ids'] as never)))(t['table']!),
  })) as TensorFunction)
  const inputs = { table: backend.tensor(wave(7 * 64), [7, 64]), ids: backend.tensor(ids, [4096]) }
  for (let round = 0; round < 5; round++) {
    const grad = (await backend.read((await program.run(inputs))['grad']!)) as Float32Array
    for (let id = 0; id < 7; id++) expect(grad[id * 64]).toBe(id < 4096 % 7 ? 586 : 585)
  }
})
