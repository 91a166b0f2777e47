/** The resident backend with the CPU as its device, whose memory is the host's or kept apart as a card's is. */
import { createOnnxBackend } from '@engine/devices/onnx'
import { createResidentBackend } from '@engine/devices/resident'
import { selfTest } from '@engine/devices/self-test'
import { type Tensor, type Tensor2D, tf } from '@engine/tensor/tf'
import { expect, test } from 'vitest'

const double = ({ x }: { x: Tensor }) => ({ y: tf.mul(x, 2) })

test('it computes the bits of the Node binding', async () => {
  const [ours, binding] = [
    await createResidentBackend({ device: 'cpu', threads: 1 }),
    createOnnxBackend({ threads: 1 }),
  ]
  const [a, b] = [await selfTest(ours), await selfTest(binding)]
  expect(a).toEqual(b)
  expect(a.isPassed).toBe(true)
  expect(ours.usage()).toEqual({ tensors: 0, bytes: 0, programs: 1 })
  await ours.close()
  await binding.close()
})

test('on the host, tensors are the given arrays; apart, they are copies, and what goes over is counted', async () => {
  for (const isApart of [false, true]) {
    const backend = await createResidentBackend({ device: 'cpu', isApart })
    const array = Float32Array.of(1, 2)
    const x = backend.tensor(array, [2])
    array[0] = 5
    const { y } = await backend.program('double', double).run({ x })
    const { y: again } = await backend.program('double', double).run({ x: y }, { outputs: 'fresh' })
    expect([...(await backend.read(again))]).toEqual(isApart ? [4, 8] : [20, 8])
    expect(backend.traffic).toEqual({ toDevice: isApart ? 8 : 0, toHost: isApart ? 8 : 0, runs: 2 })
    expect(backend.sharesHostMemory).toBe(!isApart)
    await backend.close()
  }
})

test('an output may take the memory of an input', async () => {
  const backend = await createResidentBackend({ device: 'cpu', isApart: true })
  const x = backend.tensor(Float32Array.of(1, 2), [2])
  const { y } = await backend.program('double', double).run({ x }, { outputs: 'fresh', into: { y: x } })
  expect(y).toBe(x)
  expect([...(await backend.read(x))]).toEqual([2, 4])
  await backend.close()
})

test('the event loop ticks while a program runs', async () => {
  const backend = await createResidentBackend({ device: 'cpu', threads: 1 })
  const square = backend.program('square', ({ x }: { x: Tensor2D }) => {
    let y: Tensor2D = x
    for (let i = 0; i < 12; i++) y = tf.matMul(y, x)
    return { y }
  })
  const x = backend.tensor(new Float32Array(512 * 512), [512, 512])
  await square.run({ x }) // compiled
  let ticks = 0
  const timer = setInterval(() => ticks++, 1)
  await square.run({ x })
  clearInterval(timer)
  expect(ticks).toBeGreaterThan(2)
  await backend.close()
})

test('a tensor that was disposed is not used, and disposing twice is harmless', async () => {
  const backend = await createResidentBackend({ device: 'cpu' })
  const x = backend.tensor(Float32Array.of(1), [1])
  backend.dispose(x)
  backend.dispose(x)
  expect(backend.usage().tensors).toBe(0)
  await expect(backend.program('double', double).run({ x })).rejects.toThrow("the input 'x' of 'double' was disposed")
  await backend.close()
})

test('programs beyond the limit are released, with their outputs', async () => {
  const backend = await createResidentBackend({ device: 'cpu', maxPrograms: 2 })
  const program = backend.program('double', double)
  for (let n = 1; n <= 5; n++) {
    const x = backend.tensor(new Float32Array(n), [n])
    await program.run({ x })
    backend.dispose(x)
  }
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(backend.usage()).toMatchObject({ programs: 2, tensors: 2 })
  await backend.close()
  expect(backend.usage().tensors).toBe(0)
})

test('tensors beyond the allowed memory are an error that says what to lower', async () => {
  const backend = await createResidentBackend({ device: 'cpu', isApart: true, maxBytes: 100 })
  const kept = backend.tensor(new Float32Array(20), [20])
  expect(() => backend.tensor(new Float32Array(20), [20])).toThrow(/out of memory.*160 bytes.*100 are allowed; lower/)
  backend.dispose(kept)
  backend.dispose(backend.tensor(new Float32Array(20), [20]))
  await backend.close()
})

test('a program that does not find room for all its outputs leaves none of them behind', async () => {
  const backend = await createResidentBackend({ device: 'cpu', isApart: true, maxBytes: 100 })
  const three = backend.program('three', ({ x }: { x: Tensor }) => ({
    a: tf.mul(x, 2),
    b: tf.mul(x, 3),
    c: tf.mul(x, 4),
  }))
  const x = backend.tensor(new Float32Array(8), [8])
  for (const outputs of ['fresh', 'reused'] as const) {
    await expect(three.run({ x }, { outputs })).rejects.toThrow(/out of memory.*lower budget.microbatchTokens/)
    expect(backend.usage()).toMatchObject({ tensors: 1, bytes: 32 })
  }
  await backend.close()
})
