/** Dequantised blocks, bit for bit as llama.cpp's `gguf` package has them (tests/parity/gguf_blocks.py). */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { dequantise, READABLE_TYPES } from '@main/formats/gguf/dequantise/dequantise'
import { GGML_TYPES } from '@main/formats/gguf/types'
import { describe, expect, it, test } from 'vitest'

interface Blocks {
  readonly blocks: string
  /** Bits of the first values of the last block. */
  readonly last: readonly number[]
  readonly sha256: string
}

const parity = resolve(import.meta.dirname, '../parity')
const golden: Readonly<Record<string, Blocks>> = JSON.parse(
  readFileSync(join(parity, 'gguf-blocks.golden.json'), 'utf8'),
)

/** Bits of the values, every NaN spelled the same. */
function bitsOf(name: string, blocks: string): { readonly bits: Uint32Array; readonly ofBlock: number } {
  const type = [...GGML_TYPES.values()].find((one) => one.name === name)!
  const values = dequantise(Uint8Array.from(Buffer.from(blocks, 'base64')), type)
  const bits = new Uint32Array(values.buffer).slice()
  for (const [i, value] of values.entries()) if (Number.isNaN(value)) bits[i] = 0x7fc00000
  return { bits, ofBlock: type.values }
}

function compare(name: string, { blocks, last, sha256 }: Blocks): void {
  const { bits, ofBlock } = bitsOf(name, blocks)
  expect([...bits.slice(-ofBlock)].slice(0, 8)).toEqual(last)
  expect(createHash('sha256').update(new Uint8Array(bits.buffer)).digest('hex')).toBe(sha256)
}

describe('blocks are dequantised as the reference does it', () => {
  it('for every type that is read', () => {
    expect(Object.keys(golden).sort()).toEqual([...READABLE_TYPES].sort())
  })
  it.each(Object.entries(golden))('%s', (name, expected) => compare(name, expected))
})

const python = process.env['GPO_PYTHON']
test.skipIf(!python)('and so are thousands of other ones', () => {
  const seed = String(Date.now() % 1_000_000)
  const output = execFileSync(python ?? '', [join(parity, 'gguf_blocks.py'), seed, '500'], { maxBuffer: 1 << 26 })
  const found: Readonly<Record<string, Blocks>> = JSON.parse(output.toString())
  for (const [name, expected] of Object.entries(found)) compare(name, expected)
})
