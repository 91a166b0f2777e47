import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readGgufHeader } from '@main/formats/gguf/header'
import { afterAll, expect, test } from 'vitest'
import {
  array,
  float,
  type GgufParts,
  ggufBytes,
  string,
  text,
  u32,
  u64,
  uint,
  type Value,
} from '../../../support/gguf'

const folder = mkdtempSync(join(tmpdir(), 'gguf-header-'))
afterAll(() => rmSync(folder, { recursive: true }))

const file = join(folder, 'model.gguf')
const readBytes = (bytes: Uint8Array) => {
  writeFileSync(file, bytes)
  return readGgufHeader(file)
}
const read = (parts: GgufParts) => readBytes(ggufBytes(parts))
const valueIn = (value: Value) => read({ metadata: [['key', value]] }).metadata.get('key')

const F32 = 0
const four = { name: 'a', shape: [2, 2], type: F32, bytes: new Uint8Array(16) }
const header = (...parts: Uint8Array[]) => Buffer.concat([Buffer.from('GGUF'), u32(3), ...parts])

test('every kind of value is read', () => {
  expect(valueIn({ kind: 'uint8', value: 200 })).toBe(200)
  expect(valueIn({ kind: 'int8', value: -3 })).toBe(-3)
  expect(valueIn({ kind: 'int16', value: -300 })).toBe(-300)
  expect(valueIn({ kind: 'uint32', value: 2 ** 31 + 1 })).toBe(2 ** 31 + 1)
  expect(valueIn({ kind: 'int32', value: -1 })).toBe(-1)
  expect(valueIn({ kind: 'uint64', value: 2 ** 40 })).toBe(2 ** 40)
  expect(valueIn({ kind: 'int64', value: -(2 ** 40) })).toBe(-(2 ** 40))
  expect(valueIn(float(0.5))).toBe(0.5)
  expect(valueIn({ kind: 'float64', value: 0.1 })).toBe(0.1)
  expect(valueIn({ kind: 'bool', value: true })).toBe(true)
  expect(valueIn(string('Grüße'))).toBe('Grüße')
  expect(valueIn(array('string', ['a', '\uFEFF', '']))).toEqual(['a', '\uFEFF', ''])
  expect(valueIn(array('int32', [1, -1]))).toEqual(Int32Array.of(1, -1))
  expect(valueIn(array('uint32', [2 ** 31]))).toEqual(Float64Array.of(2 ** 31))
  expect(valueIn(array('float32', [0.25]))).toEqual(Float32Array.of(0.25))
  expect(valueIn(array('bool', [true, false]))).toEqual([true, false])
  expect(valueIn(array('array', [array('int32', [1]), array('string', ['b'])]))).toEqual([Int32Array.of(1), ['b']])
})

test('texts longer than what is read at once are whole', () => {
  const long = 'x'.repeat(700_000)
  const { metadata } = read({ metadata: [['a', string(long)], ['b', uint(7)]] }) // biome-ignore format: one line
  expect(metadata.get('a')).toBe(long)
  expect(metadata.get('b')).toBe(7)
})

test('tensors have their shape rows first and their place from the start of the file', () => {
  const { tensors } = read({
    metadata: [['general.alignment', uint(64)]],
    alignment: 64,
    tensors: [
      { name: 'q', shape: [3, 64], type: 8, bytes: new Uint8Array(3 * 68) },
      { name: 'v', shape: [5], type: F32, bytes: new Uint8Array(20) },
    ],
  })
  const [q, v] = [tensors.get('q')!, tensors.get('v')!]
  expect([q.shape, q.type.name, q.end - q.begin]).toEqual([[3, 64], 'Q8_0', 204])
  expect([v.shape, v.begin - q.begin, q.begin % 64]).toEqual([[5], 256, 0])
})

// biome-ignore format: a table
const REFUSED: readonly (readonly [what: string, act: () => unknown, message: string])[] = [
  ['no GGUF', () => readBytes(Buffer.from('PK\x03\x04 is another thing')), 'does not begin with "GGUF"'],
  ['an empty file', () => readBytes(new Uint8Array()), 'is 0 bytes long, which ends inside'],
  ['version 1', () => read({ version: 1 }), 'GGUF of version 1; versions 2 and 3 can be read'],
  ['version 9', () => read({ version: 9 }), 'GGUF of version 9'],
  ['big-endian', () => readBytes(Buffer.from('GGUF\0\0\0\x03\0\0\0\0\0\0\0\x01')), 'is big-endian'],
  ['many tensors', () => readBytes(header(u64(1000), u64(0))), 'says it has 1,000 tensors, for which it has no room'],
  ['2^60 keys', () => readBytes(header(u64(0), u64(2n ** 60n))), 'beyond what can be counted exactly'],
  ['a long key', () => readBytes(header(u64(0), u64(1), u64(1 << 20), u64(0))), 'a key of its metadata of 1,048,576 bytes'],
  ['a text beyond the end', () => readBytes(header(u64(0), u64(1), text('k'), u32(8), u64(9999))), 'ends inside k'],
  ['an array beyond the end', () => readBytes(header(u64(0), u64(1), text('k'), u32(9), u32(6), u64(1 << 20))), 'values in k, for which it has no room'],
  ['a kind that is none', () => readBytes(header(u64(0), u64(1), text('key'), u32(13), u64(0))), 'has key of the kind 13'],
  ['a text that is none', () => readBytes(header(u64(0), u64(1), text('key'), u32(8), text(Uint8Array.of(255)))), 'has key that is not UTF-8'],
  ['a bool of 2', () => valueIn({ kind: 'bool', value: 2 }), 'has the byte 2 as key'],
  ['deep arrays', () => valueIn(array('array', [array('array', [array('int32', [])])])), 'more than 2 deep'],
  ['many small arrays', () => valueIn(array('array', Array.from({ length: 20_000 }, () => array('int32', [])))), 'more than 16384 arrays'],
  ['a key twice', () => read({ metadata: [['a', uint(1)], ['a', uint(2)]] }), 'has the key a twice'],
  ['a tensor twice', () => read({ tensors: [four, four] }), 'has the tensor a twice'],
  ['an alignment of 33', () => read({ metadata: [['general.alignment', uint(33)]] }), 'has general.alignment 33'],
  ['no dimension', () => read({ tensors: [{ ...four, shape: [] }] }), 'gives a 0 dimensions'],
  ['five dimensions', () => read({ tensors: [{ ...four, shape: [1, 1, 1, 2, 2] }] }), 'gives a 5 dimensions'],
  ['a dimension of 0', () => read({ tensors: [{ ...four, shape: [0, 4] }] }), 'gives a the dimension 0'],
  ['huge dimensions', () => read({ tensors: [{ ...four, shape: [2 ** 26, 2 ** 26] }] }), 'gives a the dimension 67,108,864'],
  ['an unknown type', () => read({ tensors: [{ ...four, type: 99 }] }), 'a is stored as type 99'],
  ['broken blocks', () => read({ tensors: [{ ...four, type: 8 }] }), 'gives a rows of 2 values; Q8_0 has blocks of 32'],
  ['a tensor beyond the end', () => read({ tensors: [{ ...four, shape: [200, 2] }] }), 'but a ends at byte'],
  ['a crooked place', () => read({ tensors: [{ ...four, offset: 8, bytes: new Uint8Array(99) }] }), 'is not a multiple of 32'],
  ['overlaps', () => read({ tensors: [{ ...four, shape: [16], bytes: new Uint8Array(64) }, { ...four, name: 'b', offset: 32 }] }), 'lets a and b overlap'],
]

test.each(REFUSED)('%s: refused, and said what', (_, act, message) => {
  expect(act).toThrow(
    expect.objectContaining({ name: 'GpoError', code: 'model', message: expect.stringContaining(message) }),
  )
})

test('a file that is not there is named', () => {
  expect(() => readGgufHeader(join(folder, 'none.gguf'))).toThrow(/none\.gguf could not be read \(ENOENT\)/)
})

test('arrays with more values together than any vocabulary has are refused', () => {
  const zeros = (count: number) => Buffer.concat([u32(9), u32(0), u64(count), Buffer.alloc(count)]) // an array of bytes
  const key = (name: string) => text(name)
  const bytes = header(u64(0), u64(2), key('a'), zeros(3_000_000), key('b'), zeros(3_000_000))
  expect(() => readBytes(bytes)).toThrow('has more than 4,194,304 values in its arrays')
})
