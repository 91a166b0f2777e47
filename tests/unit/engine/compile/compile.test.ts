import { compile } from '@engine/compile/compile'
import { gatherLogProb } from '@engine/core/logprob'
import { createOnnxBackend } from '@engine/devices/onnx'
import { tf } from '@engine/tensor/tf'
import '@tensorflow/tfjs-backend-cpu'
import { afterAll, expect, test } from 'vitest'

const backend = createOnnxBackend({ threads: 1 })
afterAll(() => backend.close())

test('a compiled gradient equals the eager one', async () => {
  const step = ({ x, w }: Record<string, tf.Tensor>) => {
    const f = (w: tf.Tensor) =>
      tf.mean(tf.square(tf.sub(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D), 1))) as tf.Scalar
    const { value, grad } = tf.valueAndGrad(f)(w!)
    return { value, grad }
  }
  const x = Float32Array.from({ length: 12 }, (_, i) => Math.sin(i))
  const w = Float32Array.from({ length: 8 }, (_, i) => Math.cos(i))
  const out = await backend
    .program('step', step as never)
    .run({ x: backend.tensor(x, [3, 4]), w: backend.tensor(w, [4, 2]) })
  await tf.setBackend('cpu')
  const eager = step({ x: tf.tensor2d(x, [3, 4]), w: tf.tensor2d(w, [4, 2]) })
  expect((await backend.read(out['value']!))[0]).toBeCloseTo((await eager.value.data())[0]!, 5)
  const expected = await eager.grad.data()
  ;(await backend.read(out['grad']!)).forEach((g, i) => {
    expect(g).toBeCloseTo(expected[i]!, 5)
  })
})

test('a kernel without a lowering is named', () => {
  expect(() => compile('odd', ({ x }) => ({ y: tf.acosh(x!) }), { x: { shape: [2], dtype: 'float32' } })).toThrow(
    /'odd' uses the tfjs kernel 'Acosh', which has no lowering/,
  )
})

test('log-probabilities of tokens and their gradient equal the composed operations', async () => {
  const step = ({ logits, ids }: Record<string, tf.Tensor>) => {
    const f = (l: tf.Tensor) => tf.sum(gatherLogProb(l as tf.Tensor2D, ids as tf.Tensor1D)) as tf.Scalar
    return tf.valueAndGrad(f)(logits!)
  }
  const logits = Float32Array.from({ length: 15 }, (_, i) => Math.sin(3 * i))
  const ids = Int32Array.of(4, 0, 2)
  const out = await backend
    .program('logp', step as never)
    .run({ logits: backend.tensor(logits, [3, 5]), ids: backend.tensor(ids, [3]) })
  await tf.setBackend('cpu')
  const eager = step({ logits: tf.tensor2d(logits, [3, 5]), ids: tf.tensor1d(ids, 'int32') })
  expect((await backend.read(out['value']!))[0]).toBeCloseTo((await eager.value.data())[0]!, 5)
  const expected = await eager.grad.data()
  ;(await backend.read(out['grad']!)).forEach((g, i) => {
    expect(g).toBeCloseTo(expected[i]!, 5)
  })
})
