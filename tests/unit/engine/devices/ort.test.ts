/** The C API of ONNX Runtime as we bind it: what goes wrong is said in words. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compile } from '@engine/compile/compile'
import { encodeOnnx } from '@engine/compile/onnx-proto'
import { OrtError } from '@engine/devices/ort/api'
import { requireCudaFiles } from '@engine/devices/ort/cuda'
import { API_VERSION, libraryPath, openLibrary } from '@engine/devices/ort/library'
import { createRuntime, explain } from '@engine/devices/ort/runtime'
import { tf } from '@engine/tensor/tf'
import { GpoError } from '@shared/errors'
import { expect, test } from 'vitest'

const double = compile('double', ({ x }) => ({ y: tf.mul(x!, 2) }), { x: { shape: [2, 3], dtype: 'float32' } })
const NAMES = { inputs: ['in:x'], outputs: ['out:y'] }

test('the library is the one that onnxruntime-node ships, and knows our version of the API', () => {
  const { version } = openLibrary()
  expect(Number(version.split('.')[1])).toBeGreaterThanOrEqual(API_VERSION)
  expect(libraryPath()).toContain('onnxruntime-node')
})

test('a library that cannot be loaded is named', () => {
  expect(() => openLibrary('/nowhere/libonnxruntime.so.1')).toThrow(/could not be loaded from "\/nowhere/)
})

test('a graph runs on arrays of the host, which are read and written in place', async () => {
  const runtime = await createRuntime('cpu')
  const session = await runtime.openSession('double', encodeOnnx(double), NAMES, { threads: 1 })
  const x = Float32Array.of(1, 2, 3, 4, 5, 6)
  const y = new Float32Array(6)
  const values = [runtime.wrap(x, [2, 3], 'float32'), runtime.wrap(y, [2, 3], 'float32')] as const
  await session.run([values[0]], [values[1]])
  expect([...y]).toEqual([2, 4, 6, 8, 10, 12])
  x[0] = 10
  await session.run([values[0]], [values[1]])
  expect(y[0]).toBe(20)
  for (const value of values) runtime.release(value)
  session.close()
  runtime.close()
})

test('the placement of every node is known where it is asked for', async () => {
  const runtime = await createRuntime('cpu')
  const session = await runtime.openSession('double', encodeOnnx(double), NAMES, { threads: 1, notesPlacements: true })
  expect(session.placements()).toEqual([{ provider: 'CPUExecutionProvider', operator: 'Mul', node: 'out:y' }])
  session.close()
  runtime.close()
})

test('a model that is none, a shape that does not fit and a missing library are errors in words', async () => {
  const runtime = await createRuntime('cpu')
  const noModel = runtime.openSession('nonsense', Uint8Array.of(1, 2, 3), NAMES, { threads: 1 })
  await expect(noModel).rejects.toThrow(GpoError)
  await expect(noModel).rejects.toThrow(/'nonsense' could not be prepared: ONNX Runtime refused on 'cpu'/)
  const session = await runtime.openSession('double', encodeOnnx(double), NAMES, { threads: 1 })
  const wrong = runtime.wrap(new Float32Array(4), [2, 2], 'float32')
  await expect(session.run([wrong], [wrong])).rejects.toThrow(/'double' could not be computed.*Got: 2 Expected: 3/)
  runtime.release(wrong)
  session.close()
  runtime.close()
})

test('CUDA without its provider says that its library is not there', async () => {
  await expect(createRuntime('cuda')).rejects.toThrow(/on 'cuda'.*Failed to load shared library/)
})

test('what CUDA needs is named before it is asked for', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cuda-'))
  const library = join(folder, 'libonnxruntime.so.1')
  const ask = (platform: NodeJS.Platform) => () => requireCudaFiles(library, '1.30.0', platform)
  expect(ask('linux')).toThrow(/providers_shared.so and libonnxruntime_providers_cuda.so.*CUDA 12 and cuDNN 9/)
  writeFileSync(join(folder, 'libonnxruntime_providers_shared.so'), '')
  expect(ask('linux')).toThrow(/not installed: libonnxruntime_providers_cuda.so of version/)
  expect(ask('win32')).toThrow(/onnxruntime_providers_cuda.dll/)
  expect(ask('darwin')).toThrow(/CUDA exists on Linux and Windows only, and this is "darwin"/)
  writeFileSync(join(folder, 'libonnxruntime_providers_cuda.so'), '')
  expect(ask('linux')).not.toThrow()
  rmSync(folder, { recursive: true })
})

test.each([
  ['Device is lost', /the graphics card stopped answering.*resume the run from its last checkpoint/],
  ['VK_ERROR_OUT_OF_DEVICE_MEMORY: something', /not enough memory.*lower budget.microbatchTokens/],
])('%s tells a person what to do', (said, words) => {
  expect(explain('webgpu', "'decode' could not be computed", new OrtError(said)).message).toMatch(words)
})
