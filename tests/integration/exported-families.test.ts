/** Folders and adapters of every family, exported here, load in transformers and PEFT and give the logits they give here. Skipped without GPO_PYTHON. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openBackend } from '@engine/devices/choose'
import { forward, head } from '@engine/model/llama'
import { LORA_SCALE } from '@engine/model/lora'
import type { Tensors } from '@engine/tensor/tensors'
import type { Tensor2D } from '@engine/tensor/tf'
import { exportAdapter } from '@main/export/adapter'
import { exportModel } from '@main/export/safetensors'
import { adapterTensors, type LoraConfig, loraScale } from '@main/formats/adapter-shapes'
import { readPeftConfig } from '@main/formats/peft'
import { LORA_TARGETS } from '@shared/schemas/plan'
import { afterAll, expect, test } from 'vitest'
import {
  ARCHITECTURE_CONFIGS,
  type HostTensor,
  randomTensor,
  randomWeightsOf,
  readConfig,
} from '../support/architectures'
import { askOracle } from '../support/oracle'
import { noteOracle, relativeDifference } from '../support/oracle-values'

const python = process.env['GPO_PYTHON']
const SCRIPT = join(import.meta.dirname, '../parity/exported.py')
const IDS = [Array.from({ length: 9 }, (_, i) => (7 * i + 3) % 19)]

const home = mkdtempSync(join(tmpdir(), 'gpo-exported-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const adaptation: LoraConfig = {
  ...{ kind: 'lora', r: 3, alpha: 4, rslora: false, dropout: 0, base: 'float32' },
  targets: [...LORA_TARGETS],
}
const listed = (tree: Record<string, HostTensor>) => Object.entries(tree).map(([name, tensor]) => ({ name, ...tensor }))

const CASES = Object.entries(ARCHITECTURE_CONFIGS).map(([name, json], i) => {
  const config = readConfig(json)
  const weights = randomWeightsOf(config)
  const lora = Object.fromEntries(
    [...adapterTensors(config, adaptation)].map(([key, shape], t) => [key, randomTensor(shape, 300 + t, 0.2)]),
  )
  const [source, model, adapter] = ['source', 'model', 'adapter'].map((kind) => join(home, `${i}-${kind}`))
  return { name, json, config, weights, lora, source: source!, model: model!, adapter: adapter! }
})

function ask(): Record<string, { readonly model: readonly number[]; readonly adapted: readonly number[] }> {
  const input = CASES.map(({ name, config, model, adapter }) => ({
    ...{ name, architecture: config.architecture, model, adapter, ids: IDS },
  }))
  return askOracle(python ?? '', SCRIPT, input)
}

async function logitsOf({ name, config, weights, lora }: (typeof CASES)[number], isAdapted: boolean) {
  const backend = await openBackend('onnx')
  const scale = { [LORA_SCALE]: { shape: [], data: Float32Array.of(loraScale(adaptation)) } }
  const tree: Record<string, HostTensor> = isAdapted ? { ...weights, ...lora, ...scale } : weights
  const params = Object.fromEntries(listed(tree).map(({ name, shape, data }) => [name, backend.tensor(data, shape)]))
  const program = backend.program(name, ({ params, ids }: { params: Tensors; ids: Tensor2D }) => ({
    logits: head(config, params, forward(config, params, ids).hidden),
  }))
  const ids = backend.tensor(Int32Array.from(IDS.flat()), [1, 9])
  const { logits } = await program.run({ params, ids })
  const found = Float32Array.from((await backend.read(logits)) as Float32Array)
  await backend.close()
  return found
}

function expectClose(found: Float32Array, expected: readonly number[]): number {
  const difference = relativeDifference(found, expected)
  expect(difference).toBeLessThan(1e-4)
  return difference
}

test.each(CASES)('an adapter of $name is read as it was written', ({ json, source, model, adapter, weights, lora }) => {
  mkdirSync(source)
  writeFileSync(join(source, 'config.json'), JSON.stringify(json))
  exportModel({ sourceFolder: source, tensors: listed(weights), out: model, dtype: 'F32' })
  exportAdapter({ baseModel: model, adaptation, tensors: listed(lora), out: adapter, dtype: 'F32' })
  const { targets, r, alpha } = readPeftConfig(adapter)
  expect({ targets, r, alpha }).toEqual({ targets: [...LORA_TARGETS], r: 3, alpha: 4 })
})

test.skipIf(!python)(
  `transformers and PEFT load them${python ? '' : ' (skipped: no GPO_PYTHON)'}`,
  {
    timeout: 600_000,
  },
  async () => {
    const there = ask()
    for (const one of CASES) {
      const { model, adapted } = there[one.name]!
      noteOracle('exported-folder', one.name, expectClose(await logitsOf(one, false), model))
      noteOracle('exported-adapter', one.name, expectClose(await logitsOf(one, true), adapted))
    }
  },
)
