import { compile } from '@engine/compile/compile'
import { gatherRows } from '@engine/core/rows'
import { createOnnxBackend } from '@engine/devices/onnx'
import type { TensorFunction, Tensors } from '@engine/tensor/tensors'
import { type Tensor1D, type Tensor2D, tf } from '@engine/tensor/tf'
import '@tensorflow/tfjs-backend-cpu'
import { afterAll, expect, test } from 'vitest'

const backend = createOnnxBackend({ threads: 2 })
afterAll(() => backend.close())

const [ROWS, WIDTH, TOKENS] = [11, 8, 300]
const IDS = Int32Array.from({ length: TOKENS }, (_, i) => (i * i) % 5)
const TABLE = Float32Array.from({ length: ROWS * WIDTH }, (_, i) => Math.sin(i))

/** The gradient of a table that is read by ids and multiplied besides, as a tied embedding is. */
const tiedGradient = ({ table, ids }: Tensors): Tensors => {
  const loss = (t: tf.Tensor) => {
    const rows = gatherRows(t as Tensor2D, ids as Tensor1D)
    return tf.sum(tf.square(tf.matMul(rows, t as Tensor2D, false, true))) as tf.Scalar
  }
  return { grad: tf.grad(loss)(table!) }
}

const specs = {
  table: { shape: [ROWS, WIDTH], dtype: 'float32' },
  ids: { shape: [TOKENS], dtype: 'int32' },
} as const

test('rows are added to the gradient that is there, not to zeros', () => {
  const { nodes } = compile('tied', tiedGradient, specs)
  const scatter = nodes.find(({ op }) => op === 'ScatterElements')!
  const base = nodes.find(({ outputs }) => outputs.includes(scatter.inputs[0]!))
  expect(base?.op).toBe('Gemm')
  expect(nodes.filter(({ op }) => op === 'Add')).toEqual([])
})

test('without another gradient they are added to zeros', () => {
  const alone = ({ table, ids }: Tensors): Tensors => ({
    grad: tf.grad((t) => tf.sum(tf.square(gatherRows(t as Tensor2D, ids as Tensor1D))))(table!),
  })
  const ops = compile('alone', alone, specs).nodes.map(({ op }) => op)
  expect(ops).toContain('ScatterElements')
  expect(ops).toContain('Expand')
})

test('the sum is right for ids that repeat, the same every time', async () => {
  await tf.setBackend('cpu')
  const inputs = { table: tf.tensor2d(TABLE, [ROWS, WIDTH]), ids: tf.tensor1d(IDS, 'int32') }
  const expected = await tiedGradient(inputs)['grad']!.data()
  const program = backend.program('tied', tiedGradient as TensorFunction)
  const given = { table: backend.tensor(TABLE, [ROWS, WIDTH]), ids: backend.tensor(IDS, [TOKENS]) }
  const runs: number[][] = []
  for (let i = 0; i < 4; i++)
    runs.push([...((await backend.read((await program.run(given))['grad']!)) as Float32Array)])
  for (const run of runs) expect(run).toEqual(runs[0])
  const largest = Math.max(...expected.map(Math.abs))
  runs[0]!.forEach((value, i) => {
    expect(Math.abs(value - expected[i]!) / largest).toBeLessThan(1e-5)
  })
})

test('a result that is also an output keeps its own name, and one that is given twice is copied once', async () => {
  const both = ({ table }: Tensors): Tensors => {
    const doubled = tf.mul(table!, 2)
    return { doubled, again: doubled, next: tf.add(doubled, 1), same: table! }
  }
  const { nodes } = compile('both', both, specs)
  expect(nodes.filter(({ op }) => op === 'Identity')).toHaveLength(2) // `again`, and the input as an output
  const given = { table: backend.tensor(TABLE, [ROWS, WIDTH]), ids: backend.tensor(IDS, [TOKENS]) }
  const out = await backend.program('both', both as TensorFunction).run(given)
  const first = async (name: string) => (await backend.read(out[name]!))[3]
  const value = TABLE[3]!
  expect(await first('doubled')).toBe(Math.fround(2 * value))
  expect(await first('again')).toBe(Math.fround(2 * value))
  expect(await first('next')).toBeCloseTo(2 * value + 1, 6)
  expect(await first('same')).toBe(value)
})
