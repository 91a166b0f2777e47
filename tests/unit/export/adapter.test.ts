import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createOnnxBackend } from '@engine/devices/onnx'
import { createPolicy } from '@engine/policy/policy'
import { exportAdapter } from '@main/export/adapter'
import { exportModel } from '@main/export/safetensors'
import { adapterSize, mergedSize } from '@main/export/sizes'
import type { HostTensor } from '@main/formats/host-tensor'
import { readModelConfig } from '@main/formats/model-config'
import { ownName } from '@main/formats/peft'
import { openSafetensors } from '@main/formats/safetensors'
import { loadWeights } from '@main/formats/weights'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeTinyModel } from '../../support/model-folder'

const adaptation = {
  kind: 'lora',
  r: 4,
  alpha: 12,
  rslora: false,
  dropout: 0,
  targets: ['q_proj', 'v_proj', 'down_proj'],
  base: 'float32',
} as const
const lora = { ...adaptation, targets: [...adaptation.targets] }

const backend = createOnnxBackend({ threads: 1 })
const folder = mkdtempSync(join(tmpdir(), 'gpo-adapter-'))
const source = writeTinyModel(join(folder, 'source'))
afterAll(async () => {
  await backend.close()
  rmSync(folder, { recursive: true, force: true })
})

/** An adapter as after training, with a non-zero B. */
function trainedTensors(): { name: string; shape: readonly number[]; data: Float32Array }[] {
  const config = readModelConfig(source)
  const policy = createPolicy(backend, config, loadWeights(source, config), {
    adaptation: lora,
    seed: 5,
    hasValueHead: true,
    keepsReference: false,
  })
  return Object.entries(policy.trainable).map(([name, { shape }], t) => {
    const size = shape.reduce((a, b) => a * b, 1)
    return { name, shape, data: Float32Array.from({ length: size }, (_, i) => Math.sin(1 + t + 0.37 * i) / 7) }
  })
}

let tensors: ReturnType<typeof trainedTensors> = []
beforeAll(() => {
  tensors = trainedTensors()
})

const write = (out: string, dtype: 'F32' | 'BF16' = 'F32') =>
  exportAdapter({ baseModel: source, adaptation: lora, tensors, out, dtype })

describe('an exported adapter', () => {
  it('has the names, shapes and config that PEFT reads', () => {
    const out = join(folder, 'peft')
    expect(write(out).maxDifference).toBe(0)
    expect(readdirSync(out).sort()).toEqual(['adapter_config.json', 'adapter_model.safetensors'])
    const config = JSON.parse(readFileSync(join(out, 'adapter_config.json'), 'utf8')) as Record<string, unknown>
    expect(config).toMatchObject({
      peft_type: 'LORA',
      task_type: 'CAUSAL_LM',
      base_model_name_or_path: source,
      r: 4,
      lora_alpha: 12,
      target_modules: ['q_proj', 'v_proj', 'down_proj'],
      bias: 'none',
      use_rslora: false,
    })
    const file = openSafetensors(join(out, 'adapter_model.safetensors'))
    const expected = [0, 1].flatMap((layer) =>
      ['self_attn.q_proj', 'self_attn.v_proj', 'mlp.down_proj'].flatMap((projection) =>
        ['A', 'B'].map((side) => `base_model.model.model.layers.${layer}.${projection}.lora_${side}.weight`),
      ),
    )
    expect([...file.names].sort()).toEqual(expected.sort())
    expect(file.info('base_model.model.model.layers.1.mlp.down_proj.lora_A.weight').shape).toEqual([4, 24])
    expect(file.info('base_model.model.model.layers.1.mlp.down_proj.lora_B.weight').shape).toEqual([16, 4])
    file.close()
  })

  it('merged by hand as PEFT does, W + (alpha / r) B A, is the merged model that is exported', async () => {
    const config = readModelConfig(source)
    const base = loadWeights(source, config)
    const policy = createPolicy(backend, config, base, {
      adaptation: lora,
      seed: 5,
      hasValueHead: true,
      keepsReference: false,
    })
    policy.restore(new Map(tensors.map(({ name, shape, data }) => [name, { shape, data }])))
    const dense = await policy.dense()
    const merged = await Promise.all(
      [...base].map(async ([name, { shape }]) => ({
        name,
        shape,
        data: ((await backend.read(dense[name]!)) as Float32Array).slice(),
      })),
    )
    exportModel({ sourceFolder: source, tensors: merged, out: join(folder, 'merged'), dtype: 'F32' })
    const exported = loadWeights(join(folder, 'merged'), config)

    write(join(folder, 'adapter'))
    const file = openSafetensors(join(folder, 'adapter', 'adapter_model.safetensors'))
    const touched = file.names.filter((name) => name.endsWith('lora_A.weight'))
    for (const name of touched) {
      const weight = ownName(name).replace('.lora_A.weight', '.weight')
      const expected = mergeByHand(base.get(weight)!, file.read(name), file.read(name.replace('lora_A', 'lora_B')), 4)
      exported.get(weight)!.data.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i]!, 5)
      })
    }
    file.close()
    const untouched = [...base.keys()].filter(
      (name) => !touched.some((one) => ownName(one).startsWith(name.replace(/weight$/, ''))),
    )
    for (const name of untouched) expect(exported.get(name)).toEqual(base.get(name))
  })

  it('has the size that was told before', () => {
    for (const dtype of ['F32', 'BF16'] as const) {
      const out = join(folder, `size-${dtype}`)
      const { bytes } = write(out, dtype)
      const written = readdirSync(out).reduce((sum, name) => sum + statSync(join(out, name)).size, 0)
      expect(bytes).toBe(written)
      expect(adapterSize(source, lora, dtype)).toEqual({ bytes: written, tensors: 12 })
    }
  })

  it('is none where nothing was adapted', () => {
    const head = tensors.filter(({ name }) => name.startsWith('value_head'))
    expect(() =>
      exportAdapter({ baseModel: source, adaptation: lora, tensors: head, out: join(folder, 'none'), dtype: 'F32' }),
    ).toThrow('There is no adapter to export')
  })
})

/** W + (12 / r) B A, row by row. */
function mergeByHand({ shape, data }: HostTensor, a: Float32Array, b: Float32Array, r: number): number[] {
  const [rows, columns] = shape as [number, number]
  return Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns]
    let low = 0
    for (let k = 0; k < r; k++) low += b[row * r + k]! * a[k * columns + column]!
    return data[i]! + (12 / r) * low
  })
}

describe('a merged model', () => {
  it('has the size that was told before', () => {
    const weights = [...loadWeights(source, readModelConfig(source))]
    const list = weights.map(([name, { shape, data }]) => ({ name, shape, data }))
    const out = join(folder, 'told')
    exportModel({ sourceFolder: source, tensors: list, out, dtype: 'F16' })
    const weightsFile = statSync(join(out, 'model.safetensors')).size
    const others = readdirSync(source).filter((name) => name !== 'model.safetensors')
    const copied = others.reduce((sum, name) => sum + statSync(join(source, name)).size, 0)
    expect(mergedSize(source, 'F16')).toEqual({ bytes: weightsFile + copied, tensors: list.length })
  })
})
