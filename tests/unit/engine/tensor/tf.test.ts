import { tf } from '@engine/tensor/tf'
import '@tensorflow/tfjs-backend-cpu'
import { expect, test } from 'vitest'

test('gradients are registered', async () => {
  await tf.setBackend('cpu')
  const g = tf.grad((x) => tf.sum(tf.square(x)))(tf.tensor1d([1, 2, 3]))
  expect(Array.from(await g.data())).toEqual([2, 4, 6])
})
