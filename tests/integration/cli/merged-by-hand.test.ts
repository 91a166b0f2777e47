/**
 * A GPO-DPO run with LoRA on a random checkpoint in the shape of Qwen2, its base in 32, 16 or 8 bits: exported in every format, and merged here
 * by hand from the adapter file and the checkpoint, using only the formula.
 */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { decodeHeader } from '@main/export/gguf/format'
import { narrowed, widened } from '@main/formats/narrow-weights'
import { openSafetensors } from '@main/formats/safetensors'
import type { ExportResult, ScoreResult } from '@main/workers/results'
import { describe, expect, it } from 'vitest'
import {
  expectFailure,
  gpo,
  jsonLines,
  metricsOf,
  planOf,
  show,
  temporaryFolder,
  writePlan,
  writeRows,
} from '../../support/gpo'
import { writeTinyModel } from '../../support/model-folder'

const home = temporaryFolder()
const rows = writeRows(home)
const R = 3
const ALPHA = 12
const HEADS = { q_proj: 16, k_proj: 8, v_proj: 8 }

const qwen = writeTinyModel(join(home, 'qwen2'), {
  config: { architectures: ['Qwen2ForCausalLM'], model_type: 'qwen2' },
  weights: (weights) => {
    for (const layer of [0, 1]) {
      for (const [name, size] of Object.entries(HEADS)) {
        const data = Float32Array.from({ length: size }, (_, i) => 0.1 * Math.sin(i + layer))
        weights.set(`model.layers.${layer}.self_attn.${name}.bias`, { shape: [size], data })
      }
    }
  },
})

/** Every tensor of a folder or file. */
function tensorsOf(place: string): Map<string, { readonly shape: readonly number[]; readonly data: Float32Array }> {
  const file = openSafetensors(place)
  try {
    return new Map(file.names.map((name) => [name, { shape: file.info(name).shape, data: file.read(name) }]))
  } finally {
    file.close()
  }
}

/** W + (α / r) B A, in double precision. */
function mergedByHand(base: Float32Array, a: Float32Array, b: Float32Array, [out, width]: readonly number[]): number[] {
  const merged = Array.from(base)
  for (let row = 0; row < out!; row++) {
    for (let column = 0; column < width!; column++) {
      let sum = 0
      for (let k = 0; k < R; k++) sum += b[row * R + k]! * a[k * width! + column]!
      merged[row * width! + column]! += (ALPHA / R) * sum
    }
  }
  return merged
}

async function train(base: 'float32' | 'float16' | 'int8'): Promise<string> {
  const plan = planOf(rows, {
    model: { path: qwen },
    objective: { kind: 'dpo' },
    adaptation: { kind: 'lora', r: R, alpha: ALPHA, base },
    gpo: { samples: 4, segmentation: { minStepTokens: 3, splitter: 'window', windowTokens: 4 } },
  })
  const ended = await gpo(home, 'train', writePlan(home, plan, `${base}.json`), '--json')
  expect(ended.stderr).not.toMatch(/^gpo: /m)
  const { id } = await show(home)
  expect(Object.keys(metricsOf(home, id)['loss'] ?? {})).not.toHaveLength(0)
  return id
}

async function exported(run: string, out: string, ...args: readonly string[]): Promise<ExportResult> {
  const ended = await gpo(home, 'export', run, '--out', out, '--json', ...args)
  expect(ended.stderr).toBe('')
  return jsonLines<ExportResult>(ended)[0]!
}

async function scored(model: string): Promise<readonly number[]> {
  const place = ['--prompt', '1+1=', '--completion', 'et e', '--backend', 'onnx']
  return jsonLines<ScoreResult>(await gpo(home, 'score', '--model', model, ...place, '--json'))[0]!.logprobs
}

describe.each(['float32', 'float16', 'int8'] as const)('a run whose base is kept as %s', (base) => {
  it('exports what the formula says', { timeout: 120_000 }, async () => {
    const run = await train(base)
    const place = (name: string) => join(home, `${base}-${name}`)
    await exported(run, place('adapter'), '--format', 'adapter', '--dtype', 'F32')
    await exported(run, place('merged'), '--format', 'safetensors', '--dtype', 'F32')
    const gguf = await exported(run, place('model.gguf'), '--format', 'gguf', '--dtype', 'F32')
    await exported(run, place('q8.gguf'), '--format', 'gguf', '--dtype', 'Q8_0')
    for (const format of ['pairs', 'unpaired', 'stepwise', 'bundle'])
      expect((await exported(run, place(format), '--format', format)).bytes).toBeGreaterThan(0)

    const adapter = tensorsOf(join(place('adapter'), 'adapter_model.safetensors'))
    const merged = tensorsOf(place('merged'))
    let changed = 0
    for (const [name, tensor] of tensorsOf(qwen)) {
      const kept = widened(narrowed(tensor, base)).data
      const own = `base_model.model.${name.replace(/\.weight$/, '')}`
      const [a, b] = [adapter.get(`${own}.lora_A.weight`), adapter.get(`${own}.lora_B.weight`)]
      const expected = a && b ? mergedByHand(kept, a.data, b.data, tensor.shape) : Array.from(kept)
      if (b?.data.some((value) => value !== 0)) changed++
      const found = merged.get(name)!.data
      for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 6)
    }
    expect(changed).toBe(14) // seven projections, two layers

    const bytes = readFileSync(place('model.gguf'))
    const { tensors } = decodeHeader(bytes, bytes.length, place('model.gguf'))
    expect(tensors.length).toBe(gguf.tensors)
    const down = tensors.find(({ name }) => name === 'blk.1.ffn_down.weight')!
    const stored = new Float32Array(new Uint8Array(bytes.subarray(down.offset, down.offset + down.bytes)).buffer)
    expect(stored).toEqual(merged.get('model.layers.1.mlp.down_proj.weight')!.data)
    expect(statSync(place('q8.gguf')).size).toBeLessThan(bytes.length)

    const [own, other] = [await scored(run), await scored(place('merged'))]
    for (const [i, value] of other.entries()) expect(own[i]).toBeCloseTo(value, 4)
    expect(await scored(qwen)).not.toEqual(own)
  })
})

it('refuses a narrow base where every parameter is trained, and a precision it does not know', async () => {
  const train = (adaptation: object, name: string) => {
    const plan = { ...planOf(rows, { objective: { kind: 'dpo' } }), adaptation }
    return gpo(home, 'train', writePlan(home, plan, name))
  }
  expectFailure(await train({ kind: 'full', base: 'int8' }, 'full.json'), 2, /adaptation.*base/)
  expectFailure(await train({ kind: 'lora', base: 'int4' }, 'int4.json'), 2, /adaptation\.base.*float32.*float16.*int8/)
})
