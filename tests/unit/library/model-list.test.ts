import { cpSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exportAdapter } from '@main/export/adapter'
import { adapterTensors, type LoraConfig } from '@main/formats/adapter-shapes'
import { readModelConfig } from '@main/formats/model-config'
import { checksumModel } from '@main/library/models/checksums'
import { inspectModel } from '@main/library/models/details'
import { addModel, findModel, findModelByPath, listModels } from '@main/library/models/list'
import { modelPath } from '@main/paths'
import { insertCheckpoint } from '@main/store/checkpoints'
import type { ChecksumEvent } from '@shared/contract/models'
import { describe, expect, it } from 'vitest'
import { errorOf, newRun, open, tempFolder } from '../store/fixtures'

function copy(): string {
  const folder = join(tempFolder(), 'model')
  cpSync(modelPath('bundled:tiny'), folder, { recursive: true })
  return folder
}

async function lastEvent(events: AsyncIterable<ChecksumEvent>): Promise<Extract<ChecksumEvent, { type: 'done' }>> {
  let last: ChecksumEvent | null = null
  for await (const event of events) last = event
  if (last?.type !== 'done') throw new Error('it did not finish')
  return last
}

describe('models', () => {
  it('bundled and from disk are listed with their kind', () => {
    const store = open()
    const id = addModel(store, copy())
    const [bundled, long, added] = listModels(store)
    expect(long).toMatchObject({ path: 'bundled:tiny-long', kind: 'bundled', problem: null })
    expect(bundled).toMatchObject({
      path: 'bundled:tiny',
      kind: 'bundled',
      problem: null,
      architecture: 'LlamaForCausalLM',
    })
    expect(added).toMatchObject({ id, name: 'model', kind: 'folder', problem: null, parameters: bundled?.parameters })
  })

  it('that are adapters are listed as such, with their settings, and whether their base is here', async () => {
    const store = open()
    const base = copy()
    const folder = join(tempFolder(), 'adapter')
    const adaptation: LoraConfig = {
      ...{ kind: 'lora', r: 2, alpha: 4, rslora: false, dropout: 0, base: 'float32' },
      targets: ['q_proj'],
    }
    const shapes = [...adapterTensors(readModelConfig(base), adaptation)]
    const tensors = shapes.map(([name, shape]) => ({ name, shape, data: new Float32Array(shape[0]! * shape[1]!) }))
    exportAdapter({ baseModel: base, adaptation, tensors, out: folder, dtype: 'F32' })
    const id = addModel(store, folder)
    const numbers = tensors.reduce((sum, { data }) => sum + data.length, 0)
    const item = () => listModels(store).find((one) => one.id === id)
    expect(item()).toMatchObject({ kind: 'adapter', problem: null, parameters: numbers, adapter: { r: 2, base } })
    expect(findModelByPath(store, folder)).toEqual({ folder: base, checkpoint: null, adapter: folder })
    expect((await inspectModel(store, id)).checks.every(({ isGood }) => isGood)).toBe(true)
    rmSync(base, { recursive: true })
    expect((await inspectModel(store, id)).checks.find(({ label }) => label === 'Base model')?.isGood).toBe(false)
    expect(() => findModelByPath(store, folder)).toThrow(/is an adapter for .* which is not in the list/)
    writeFileSync(join(folder, 'adapter_config.json'), '{"peft_type": "LORA", "r": 2, "use_dora": true}')
    expect(item()?.problem).toMatch(/"use_dora" is true/)
  })

  it('that cannot be used say why', async () => {
    const store = open()
    const folder = copy()
    const id = addModel(store, folder)
    const problem = () => listModels(store).find((item) => item.id === id)?.problem
    truncateSync(join(folder, 'model.safetensors'), 1_000_000)
    expect(problem()).toMatch(/model\.safetensors is 1,000,000 bytes long/)
    rmSync(join(folder, 'model.safetensors'))
    expect(problem()).toMatch(/model\.safetensors does not exist/)
    writeFileSync(join(folder, 'config.json'), '{"architectures": ["<b>GPT2</b>"]}')
    expect(problem()).toMatch(/the architecture <b>GPT2<\/b> is not known/)
    rmSync(folder, { recursive: true })
    expect(problem()).toMatch(/no longer exists/)
    expect((await inspectModel(store, id)).checks.some(({ isGood }) => !isGood)).toBe(true)
  })

  it('with a broken tokenizer are found out at a closer look, and then listed so', async () => {
    const store = open()
    const folder = copy()
    const id = addModel(store, folder)
    writeFileSync(join(folder, 'tokenizer.json'), '{"model": {"type": "BPE", "vocab": {"a": 1, "b": 1}}}')
    listModels(store)
    expect((await inspectModel(store, id)).checks.find(({ label }) => label === 'Tokenizer')?.finding).toMatch(
      /same id 1/,
    )
    expect(listModels(store).find((item) => item.id === id)?.problem).toMatch(/same id 1/)
  })

  it('of runs are there when the run has a checkpoint, and say when it is gone', () => {
    const store = open()
    const run = newRun(store)
    expect(listModels(store).map(({ kind }) => kind)).toEqual(['bundled', 'bundled'])
    for (const iteration of [10, 20]) {
      const path = `checkpoint-000000${iteration}`
      insertCheckpoint(store, run, { iteration, path, bytes: 5, sha256: 'x', removed: [] })
    }
    const item = listModels(store).at(-1)
    expect(item).toMatchObject({ path: `run:${run}`, kind: 'run', run: { iteration: 20, base: 'bundled:tiny' } })
    expect(item?.problem).toMatch(/is no longer at /)
    expect(findModel(store, `run:${run}`).checkpoint).toMatch(/checkpoint-00000020$/)
    expect(errorOf(() => findModel(store, 'run:none')).code).toBe('notFound')
  })
})

describe('a full pass over a model', () => {
  it('notes the sums, and tells what changed since', async () => {
    const store = open()
    const folder = copy()
    const id = addModel(store, folder)
    const first = await lastEvent(checksumModel(store, id, undefined))
    expect(first).toMatchObject({ comparedWith: null, different: [] })
    expect((await inspectModel(store, id)).checksums).toEqual(first.checksums)
    writeFileSync(join(folder, 'generation_config.json'), '{}')
    utimesSync(join(folder, 'generation_config.json'), 1, 1)
    const second = await lastEvent(checksumModel(store, id, undefined))
    expect(second).toMatchObject({ comparedWith: 'earlier', different: ['generation_config.json'] })
  })

  it('stops on request', async () => {
    const controller = new AbortController()
    controller.abort()
    await expect(lastEvent(checksumModel(open(), 'bundled:tiny', controller.signal))).rejects.toThrow()
  })
})
