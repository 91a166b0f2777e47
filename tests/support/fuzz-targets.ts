/** Every format that is read: a whole file of each, what reads it, and how a file is damaged (bytes flipped, cut, repeated, zeroed, numbers made huge). */
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { uniform } from '@engine/core/rng'
import { exportAdapter } from '@main/export/adapter'
import { exportGguf } from '@main/export/gguf/export'
import { decodeHeader } from '@main/export/gguf/format'
import { adapterTensors, type LoraConfig } from '@main/formats/adapter-shapes'
import { readModelConfig } from '@main/formats/model-config'
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS, readAdapter, readPeftConfig } from '@main/formats/peft'
import { openSafetensors } from '@main/formats/safetensors'
import { writeSafetensors } from '@main/formats/safetensors-writer'
import { loadDataset } from '@main/library/datasets/load'
import { loadTokenizer } from '@main/text/tokenizer/tokenizer'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { randomWeightsOf } from './architectures'
import { tinyConfig } from './tiny-model'

const bundled = resolve(import.meta.dirname, '../../resources/models/tiny')
/** Milliseconds that reading one damaged file may take. */
export const TOO_LONG = 5000

/** The damage with number `seed`, always the same. `reach` favours the beginning, where the headers are. */
export function damage(bytes: Uint8Array, seed: number, reach = bytes.length): Uint8Array {
  let draw = 0
  const random = (below: number) => Math.floor(uniform(seed, 0, draw++) * below)
  const out = new Uint8Array(bytes)
  const at = random(Math.min(reach, bytes.length))
  switch (random(7)) {
    case 0:
      out[at] = (out[at] ?? 0) ^ (1 << random(8))
      return out
    case 1:
      return out.slice(0, at)
    case 2:
      out.fill(0, at, at + 1 + random(16))
      return out
    case 3:
      out.fill(255, at, at + 1 + random(8))
      return out
    case 4: {
      const part = bytes.slice(at, at + 1 + random(64))
      return Uint8Array.from([...bytes.slice(0, at), ...part, ...bytes.slice(at)])
    }
    case 5:
      return Uint8Array.from([...bytes.slice(0, at), ...bytes.slice(at + 1 + random(64))])
    default:
      for (let i = 0; i < 12; i++) out[random(Math.min(reach, out.length))] = random(256)
      return out
  }
}

/** Whoever imports this removes it at the end. */
export const folder = mkdtempSync(join(tmpdir(), 'gpo-fuzz-'))

export interface Target {
  readonly name: string
  readonly cases: number
  readonly reach?: number
  /** Milliseconds for all cases: more if each is read in a separate process. */
  readonly timeout?: number
  /** Milliseconds for one case, where it is not TOO_LONG. */
  readonly patience?: number
  /** The whole file. */
  readonly whole: () => Uint8Array
  readonly read: (bytes: Uint8Array) => unknown
}

/** A reader of one file among others in a folder. */
function inFolder(name: string, others: readonly string[], read: (folder: string) => unknown) {
  let home = ''
  return (bytes: Uint8Array) => {
    if (home === '') {
      home = mkdtempSync(join(folder, 'in-'))
      for (const other of others) copyFileSync(join(bundled, other), join(home, other))
    }
    writeFileSync(join(home, name), bytes)
    return read(home)
  }
}

function readAllTensors(home: string): void {
  const file = openSafetensors(home)
  try {
    for (const name of file.names) file.read(name)
  } finally {
    file.close()
  }
}

const smallTensors = () => {
  const path = join(folder, 'small.safetensors')
  const tensors = [
    { name: 'a', shape: [3, 5], data: new Float32Array(15).fill(0.5) },
    { name: 'b.weight', shape: [7], data: new Float32Array(7).fill(-1) },
  ]
  writeSafetensors(path, tensors, 'F32')
  return readFileSync(path)
}

const index = () =>
  new TextEncoder().encode(
    JSON.stringify({
      metadata: { total_size: 60 },
      weight_map: { a: 'model-1.safetensors', 'b.weight': 'model-1.safetensors' },
    }),
  )

function smallGguf(): Uint8Array {
  const out = join(mkdtempSync(join(folder, 'gguf-')), 'model.gguf')
  const config = readModelConfig(bundled)
  const tensors = Object.entries(randomWeightsOf({ ...config })).map(([name, tensor]) => ({ name, ...tensor }))
  exportGguf({ sourceFolder: bundled, name: 'fuzz', tensors, out, type: 'F16' })
  return readFileSync(out).subarray(0, 20_000)
}

const adaptation: LoraConfig = {
  ...{ kind: 'lora', r: 2, alpha: 4, rslora: false, dropout: 0.1, base: 'float32' },
  targets: ['q_proj', 'down_proj'],
}
const adapterShapes = adapterTensors(tinyConfig, adaptation)

/** A complete adapter in a separate folder. */
function wholeAdapter(): string {
  const out = join(mkdtempSync(join(folder, 'whole-')), 'adapter')
  const tensors = [...adapterShapes].map(([name, shape]) => {
    return { name, shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.25) }
  })
  exportAdapter({ baseModel: '/models/base', adaptation, tensors, out, dtype: 'F32' })
  return out
}

/** As a run would: the config first, then tensors of the shapes it asks for. */
function openAdapter(home: string): unknown {
  const { r, targets } = readPeftConfig(home)
  return readAdapter(home, adapterTensors(tinyConfig, { r, targets }))
}

/** One file of an adapter, the others whole. */
function inAdapter(name: string) {
  let home = ''
  return (bytes: Uint8Array) => {
    if (home === '') home = wholeAdapter()
    writeFileSync(join(home, name), bytes)
    return openAdapter(home)
  }
}

/** Enough rows for a page of each kind: texts, a repeated one (dictionary), numbers, some empty. */
function parquet(codec: 'SNAPPY' | 'UNCOMPRESSED'): Uint8Array {
  const rows = Array.from({ length: 40 }, (_, i) => i)
  return new Uint8Array(
    parquetWriteBuffer({
      codec,
      rowGroupSize: 25,
      columnData: [
        { name: 'question', data: rows.map((i) => `How many is ${i}?`), type: 'STRING' },
        { name: 'answer', data: rows.map((i) => (i % 7 === 0 ? null : `#### ${i % 3}`)), type: 'STRING' },
        { name: 'weight', data: rows.map((i) => i / 4), type: 'DOUBLE' },
      ],
    }),
  )
}

const csv = () =>
  new TextEncoder().encode(
    'question,answer\n"What is 1 + 1?","#### 2"\n"Two\nlines","#### 3"\n"with ""quotes""",#### 4\n',
  )
const jsonl = () =>
  new TextEncoder().encode(
    Array.from({ length: 9 }, (_, i) => JSON.stringify({ prompt: `p ${i}`, answer: `${i}` })).join('\n'),
  )

const dataset = (extension: string) => (bytes: Uint8Array) => {
  const path = join(folder, `data.${extension}`)
  writeFileSync(path, bytes)
  return loadDataset(path)
}

export const TARGETS: readonly Target[] = [
  {
    name: 'model.safetensors',
    cases: 2000,
    whole: smallTensors,
    read: inFolder('model.safetensors', [], readAllTensors),
  },
  {
    name: 'model.safetensors.index.json',
    cases: 1000,
    whole: index,
    read: inFolder('model.safetensors.index.json', [], readAllTensors),
  },
  {
    name: 'config.json',
    cases: 1500,
    whole: () => readFileSync(join(bundled, 'config.json')),
    read: inFolder('config.json', [], readModelConfig),
  },
  {
    name: 'tokenizer.json',
    cases: 600,
    whole: () => readFileSync(join(bundled, 'tokenizer.json')),
    read: inFolder('tokenizer.json', ['tokenizer_config.json', 'generation_config.json'], (home) =>
      loadTokenizer(home).encode('a=24;b=a-3 größer'),
    ),
  },
  {
    name: 'tokenizer_config.json',
    cases: 600,
    whole: () => readFileSync(join(bundled, 'tokenizer_config.json')),
    read: inFolder('tokenizer_config.json', ['tokenizer.json', 'generation_config.json'], loadTokenizer),
  },
  {
    name: 'GGUF',
    cases: 2000,
    reach: 2000,
    whole: smallGguf,
    read: (bytes) => decodeHeader(bytes, 1e8, 'fuzz.gguf'),
  },
  { name: 'CSV', cases: 800, whole: csv, read: dataset('csv') },
  { name: 'JSON Lines', cases: 800, whole: jsonl, read: dataset('jsonl') },
  {
    name: ADAPTER_CONFIG,
    cases: 2000,
    whole: () => readFileSync(join(wholeAdapter(), ADAPTER_CONFIG)),
    read: inAdapter(ADAPTER_CONFIG),
  },
  {
    name: ADAPTER_WEIGHTS,
    cases: 1500,
    reach: 3000,
    whole: () => readFileSync(join(wholeAdapter(), ADAPTER_WEIGHTS)),
    read: inAdapter(ADAPTER_WEIGHTS),
  },
  ...(['SNAPPY', 'UNCOMPRESSED'] as const).map((codec) => ({
    name: `Parquet, ${codec}`,
    cases: 150,
    timeout: 400_000,
    patience: 40_000,
    whole: () => parquet(codec),
    read: dataset('parquet'),
  })),
  {
    name: 'JSON',
    cases: 500,
    whole: () => new TextEncoder().encode('[{"prompt": "p", "answer": "1"}, {"prompt": "q", "answer": "2"}]'),
    read: dataset('json'),
  },
]
