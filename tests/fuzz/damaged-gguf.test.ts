/**
 * A GGUF file damaged in thousands of ways, where its counts, lengths and places are: it is read as if nothing had happened, or refused with an
 * error of ours that names the file; never for long, and never with much memory.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportGguf } from '@main/export/gguf/export'
import { readModelConfig } from '@main/formats/model-config'
import { openModelFiles } from '@main/formats/model-files'
import { inspectWeights } from '@main/formats/weights'
import { loadTokenizer } from '@main/text/tokenizer/tokenizer'
import { GpoError } from '@shared/errors'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { randomWeightsOf } from '../support/architectures'
import { writeTinyModel } from '../support/model-folder'

const folder = mkdtempSync(join(tmpdir(), 'gpo-fuzz-gguf-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Of a whole run of cases; bytes. */
const MAX_MEMORY = 700 << 20
/** Milliseconds of one case: a busy machine is slow. */
const TOO_LONG = 5000

let whole = Buffer.alloc(0)
/** Where the tensors' bytes begin. */
let header = 0

beforeAll(() => {
  const sourceFolder = writeTinyModel(join(folder, 'model'))
  const config = readModelConfig(sourceFolder)
  const tensors = Object.entries(randomWeightsOf(config)).map(([name, tensor]) => ({ name, ...tensor }))
  const out = join(folder, 'whole.gguf')
  exportGguf({ sourceFolder, name: 'fuzz', tensors, out, type: 'Q8_0' })
  whole = readFileSync(out)
  header = whole.indexOf('output_norm.weight') + 100
})

/** As a run would, and every tensor. */
function readAll(path: string): void {
  const config = readModelConfig(path)
  inspectWeights(path, config)
  const tensors = openModelFiles(path).openTensors()
  try {
    for (const name of tensors.names) tensors.read(name)
  } finally {
    tensors.close()
  }
  loadTokenizer(path).encode('a=24;b=a-3 größer')
}

/** Numbers that go beyond something: signs, 32 and 53 bits, the file's own length. */
const HUGE = [0n, 1n, 0x7fffffffn, 0xffffffffn, 2n ** 32n, 2n ** 40n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]

interface Edit {
  /** In the header, from 0 to 1; a seventh of all may be anywhere. */
  readonly at: number
  readonly isAnywhere: boolean
  readonly act: 'flip' | 'huge' | 'cut' | 'repeat' | 'drop'
  readonly value: number
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  isAnywhere: fc.integer({ min: 0, max: 6 }).map((n) => n === 0),
  act: fc.constantFrom('flip', 'huge', 'huge', 'cut', 'repeat', 'drop'),
  value: fc.integer({ min: 0, max: 255 }),
})

function apply(bytes: Buffer, { at, isAnywhere, act, value }: Edit): Buffer {
  const place = Math.floor(at * (Math.min(isAnywhere ? bytes.length : header, bytes.length) - 8))
  if (place < 0) return bytes
  const before = bytes.subarray(0, place)
  if (act === 'cut') return Buffer.from(before)
  if (act === 'repeat') return Buffer.concat([before, bytes.subarray(place, place + value), bytes.subarray(place)])
  if (act === 'drop') return Buffer.concat([before, bytes.subarray(place + 1 + value)])
  const out = Buffer.from(bytes)
  if (act === 'flip') out[place] = out[place]! ^ (value | 1)
  else out.writeBigUInt64LE(HUGE[value % HUGE.length]!, place)
  return out
}

test('a whole one is read', () => {
  expect(() => readAll(join(folder, 'whole.gguf'))).not.toThrow()
})

test('a damaged one is read or refused', { timeout: 600_000 }, () => {
  const path = join(folder, 'damaged.gguf')
  const before = process.memoryUsage().rss
  let refused = 0
  const property = fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
    writeFileSync(path, edits.reduce(apply, whole))
    const begin = performance.now()
    try {
      readAll(path)
    } catch (error) {
      if (!(error instanceof GpoError)) throw error
      expect(error.message).toContain('damaged.gguf')
      refused++
    }
    expect(performance.now() - begin).toBeLessThan(TOO_LONG)
  })
  fc.assert(property, { numRuns: 4000, seed: 11 })
  expect(refused).toBeGreaterThan(2000)
  expect(process.memoryUsage().rss - before).toBeLessThan(MAX_MEMORY)
})
