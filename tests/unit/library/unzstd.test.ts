import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { zstdCompressSync } from 'node:zlib'
import { createUnzstd } from '@main/library/datasets/read/unzstd'
import { describe, expect, it } from 'vitest'

const unpacked = (bytes: Uint8Array, size = 1000) => {
  const parts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  )
  return buffer(Readable.from(parts).pipe(createUnzstd()))
}

describe('Zstandard without Node’s own', () => {
  it('gives what was packed, in pieces of any size', async () => {
    const text = Buffer.from(`${randomBytes(100_000).toString('hex')}${'a line\n'.repeat(50_000)}`)
    const packed = zstdCompressSync(text)
    expect((await unpacked(packed)).equals(text)).toBe(true)
    expect((await unpacked(packed, 7)).equals(text)).toBe(true)
  })

  it('refuses what is damaged, cut short, or grows without end', async () => {
    const packed = zstdCompressSync(randomBytes(5000))
    await expect(unpacked(Buffer.concat([packed.subarray(0, 4), randomBytes(50)]))).rejects.toThrow()
    await expect(unpacked(packed.subarray(0, 3000))).rejects.toThrow()
    await expect(unpacked(zstdCompressSync(Buffer.alloc(300_000_000)), 1 << 20)).rejects.toThrow(/an unreasonable size/)
  })
})
