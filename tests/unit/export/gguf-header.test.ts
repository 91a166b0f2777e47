import { decodeHeader, encodeHeader, type Metadata } from '@main/export/gguf/format'
import { expect, test } from 'vitest'

/** The header is collected in memory that doubles: its growth may fall on any kind of value. */
test.each([0, 1, 2, 3, 5, 8, 13, 21])(
  'a header of many pages is read back as it was written, shifted by %i bytes',
  (shift) => {
    const metadata: Metadata = new Map([
      ['shift', { type: 'string', value: 'x'.repeat(shift) }],
      ['numbers', { type: 'int32s', value: Array.from({ length: 40_000 }, (_, i) => i - 7) }],
      ['floats', { type: 'float32s', value: Array.from({ length: 90_000 }, (_, i) => i / 2) }],
      ['texts', { type: 'strings', value: Array.from({ length: 60_000 }, (_, i) => `token ${i}`) }],
    ])
    const tensors = [{ name: 'a', shape: [2, 16], type: 'F32' as const, bytes: 128 }]
    const bytes = encodeHeader(metadata, tensors)
    const read = decodeHeader(bytes, bytes.length + 128, 'header')
    expect(read.metadata).toEqual(metadata)
    expect(read.tensors).toMatchObject([{ name: 'a', shape: [2, 16], type: 'F32', offset: bytes.length }])
  },
)
