/**
 * No node of any graph that the engine runs is left to the CPU when the device is WebGPU: ONNX Runtime opens each graph with that forbidden. Graphs
 * are recorded from whole iterations of every objective, which compute on the CPU; opening one needs an adapter, computing it does not happen here.
 */
import { compile } from '@engine/compile/compile'
import { encodeOnnx } from '@engine/compile/onnx-proto'
import { createRuntime, type OrtRuntime } from '@engine/devices/ort/runtime'
import type { Graph } from '@engine/tensor/graph'
import type { TensorFunction } from '@engine/tensor/tensors'
import { type Tensor, tf } from '@engine/tensor/tf'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AdaptationName, iterate, narrowWeights, OBJECTIVES, sample, score } from '../support/all-programs'
import { recordingBackend } from '../support/recorded-graphs'
import { noVulkan } from '../support/software-vulkan'
import { tinyConfig } from '../support/tiny-model'

const reason = await noVulkan()

describe.skipIf(reason !== null)(`every graph is computed by WebGPU${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let runtime: OrtRuntime
  beforeAll(async () => {
    runtime = await createRuntime('webgpu')
  })
  afterAll(() => runtime?.close())

  /** Null, or what ONNX Runtime says against it. */
  async function refusal(graph: Graph): Promise<string | null> {
    const names = { inputs: graph.inputs.map(({ name }) => name), outputs: graph.outputs.map(({ name }) => name) }
    try {
      const session = await runtime.openSession(graph.name, encodeOnnx(graph), names, {
        threads: 1,
        refusesFallback: true,
      })
      session.close()
      return null
    } catch (error) {
      return (error as Error).message
    }
  }

  async function refusedOf(work: (backend: Parameters<typeof score>[0]) => Promise<unknown>) {
    const { backend, calls } = await recordingBackend()
    await work(backend)
    const refused: string[] = []
    for (const { name, fn, specs } of calls.values())
      if ((await refusal(compile(name, fn, specs, 'webgpu'))) !== null) refused.push(name)
    await backend.close()
    return { names: [...new Set([...calls.values()].map(({ name }) => name))], refused }
  }

  const cases: [string, AdaptationName, boolean][] = OBJECTIVES.map((objective, i) => [
    objective,
    i % 2 ? 'full' : 'lora',
    i % 3 === 0,
  ])

  test.each(cases)('%s, %s, layers recomputed: %s', async (objective, adaptation, recomputes) => {
    const { names, refused } = await refusedOf((backend) => iterate(backend, objective, adaptation, recomputes))
    expect(names).toEqual(expect.arrayContaining([`${objective}-gradients`, 'squared-norm', 'adamw']))
    expect(refused).toEqual([])
  })

  test('dropout of adapters', async () => {
    expect((await refusedOf((backend) => iterate(backend, 'sft', 'dropout'))).refused).toEqual([])
  })

  test('a base in 16 bits', async () => {
    const weights = narrowWeights('float16')
    const { names, refused } = await refusedOf((backend) => iterate(backend, 'sft', 'lora', false, tinyConfig, weights))
    expect(names).toContain('sft-gradients')
    expect(refused).toEqual([])
  })

  test('log-probabilities and values of given sequences, prefill, decoding and first tokens', async () => {
    expect((await refusedOf(score)).refused).toEqual([])
    const { names, refused } = await refusedOf(sample)
    const decoding = ['decode-draw', 'decode-greedy', 'decode', 'fork-32', 'lanes-64', 'empty-lanes-8x32-hidden']
    expect(names).toEqual(expect.arrayContaining(['prefill', 'first-token', ...decoding]))
    expect(refused).toEqual([])
  })

  test.each<[string, TensorFunction]>([
    ['FusedMatMul', ({ x }) => ({ y: tf.matMul(x!, x!, false, true) })],
    ['Sign', ({ x }) => ({ y: tf.sign(x!) })],
    ['Or', ({ x }) => ({ y: tf.cast(tf.logicalOr(tf.greater(x!, 1), tf.less(x!, 0)), 'float32') })],
    ['OneHot', ({ x }) => ({ y: tf.oneHot(tf.cast(tf.argMax(x!, 2), 'int32'), 4, 0.5, 2) as Tensor })],
  ])('%s as the CPU computes it is refused: the check can fail', async (name, fn) => {
    const specs = { x: { shape: [2, 3, 4], dtype: 'float32' } } as const
    expect(await refusal(compile(name, fn, specs, 'cpu'))).toContain('assigned to the default CPU EP')
    expect(await refusal(compile(name, fn, specs, 'webgpu'))).toBeNull()
  })
})
