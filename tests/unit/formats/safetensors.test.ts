import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeFloats, encodeFloats, firstUnstorable, type StoredDtype } from '@main/formats/dtypes'
import { openSafetensors } from '@main/formats/safetensors'
import { writeSafetensors } from '@main/formats/safetensors-writer'
import { GpoError } from '@shared/errors'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let folder = ''
let path = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gpo-safetensors-'))
  path = join(folder, 'model.safetensors')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A file with the given bytes, valid or not. */
function write(header: unknown, dataBytes: number, file = path): void {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const bytes = new Uint8Array(8 + text.length + dataBytes)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true)
  bytes.set(text, 8)
  writeFileSync(file, bytes)
}

const entry = (shape: unknown, begin: unknown, end: unknown, dtype: unknown = 'F32') => ({
  dtype,
  shape,
  data_offsets: [begin, end],
})

function refused(act: () => unknown): GpoError {
  try {
    act()
  } catch (error) {
    if (error instanceof GpoError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

const a = { name: 'a', shape: [2, 3], data: Float32Array.of(1, -2, 0.5, 0, 1e-3, 3) }
const b = { name: 'b', shape: [2], data: Float32Array.of(7, -8) }

const readAll = (source: string) => {
  const file = openSafetensors(source)
  try {
    return Object.fromEntries(file.names.map((name) => [name, { ...file.info(name), data: file.read(name) }]))
  } finally {
    file.close()
  }
}

it('reads a file whose metadata is null, and refuses metadata of other kinds', () => {
  const values = { a: entry([1], 0, 4) }
  write({ __metadata__: null, ...values }, 4)
  expect(readAll(path)['a']?.data).toEqual(Float32Array.of(0))
  write({ ...values, __metadata__: {} }, 4)
  expect(Object.keys(readAll(path))).toEqual(['a'])
  for (const metadata of [[], 'pt', { format: null }, { format: { name: 'pt' } }]) {
    write({ __metadata__: metadata, ...values }, 4)
    expect(refused(() => readAll(path)).message).toMatch(/__metadata__ that is not a table of strings/)
  }
})

describe('weights that PyTorch pickled', () => {
  it.each([
    ['pytorch_model.bin', []],
    ['pytorch_model-00001-of-00002.bin', ['pytorch_model.bin.index.json']],
    ['consolidated.model.pth', []],
  ])('as %s are named with how to convert them', (name, others) => {
    for (const file of [name, ...others]) writeFileSync(join(folder, file), 'pickled')
    const { message } = refused(() => openSafetensors(folder))
    expect(message).toContain(name)
    expect(message).toMatch(/AutoModelForCausalLM\.from_pretrained.*safe_serialization=True/)
  })

  it('are not mentioned where safetensors are there, or where nothing is', () => {
    expect(refused(() => openSafetensors(folder)).message).toMatch(/does not exist: a model folder needs/)
    writeFileSync(join(folder, 'pytorch_model.bin'), 'pickled')
    writeSafetensors(join(folder, 'model.safetensors'), [a], 'F32')
    expect(Object.keys(readAll(folder))).toEqual(['a'])
  })
})

describe('a written file', () => {
  it('gives names, shapes and values back, and tensors begin at a multiple of 8 bytes', () => {
    const bytes = writeSafetensors(path, [a, b], 'F32', { maker: 'test' })
    const stored = readFileSync(path)
    expect(stored.length).toBe(bytes)
    expect(Number(stored.readBigUInt64LE(0)) % 8).toBe(0)
    expect(JSON.parse(stored.subarray(8, 8 + Number(stored.readBigUInt64LE(0))).toString())).toMatchObject({
      __metadata__: { format: 'pt', maker: 'test' },
      b: { dtype: 'F32', shape: [2], data_offsets: [24, 32] },
    })
    const read = readAll(path)
    expect(Object.keys(read)).toEqual(['a', 'b'])
    expect(read['a']).toMatchObject({ dtype: 'F32', shape: [2, 3] })
    expect(read['a']?.data).toEqual(a.data)
    expect(read['b']?.data).toEqual(b.data)
  })

  it('may hold scalars and empty tensors', () => {
    const scalar = { name: 'scalar', shape: [], data: Float32Array.of(4) }
    const empty = { name: 'empty', shape: [0, 3], data: new Float32Array() }
    writeSafetensors(path, [empty, scalar, { ...empty, name: 'after' }], 'F32')
    const read = readAll(path)
    expect([read['scalar']?.data, read['empty']?.data, read['after']?.data]).toEqual([
      scalar.data,
      empty.data,
      empty.data,
    ])
  })

  it('takes tensors from a generator', () => {
    function* generate() {
      yield a
      yield b
    }
    writeSafetensors(path, generate(), 'F32')
    expect(readAll(path)['b']?.data).toEqual(b.data)
  })

  it.each([
    ['F16', 70_000, 'BF16 or F32'],
    ['BF16', 3.4e38, 'F32'],
    ['F32', Number.NaN, 'diverged'],
    ['F16', Infinity, 'diverged'],
  ] as const)('is not begun in %s for the value %d, and the old file stays', (dtype, value, cure) => {
    writeSafetensors(path, [a], 'F32')
    const before = readFileSync(path)
    const bad = { name: 'bad', shape: [3], data: Float32Array.of(0, 1, value) }
    const error = refused(() => writeSafetensors(path, [a, bad], dtype))
    expect(error.message).toMatch(/bad holds .* at index 2/)
    expect(error.message).toContain(cure)
    expect(readFileSync(path)).toEqual(before)
    expect(readdirSync(folder)).toEqual(['model.safetensors'])
  })

  it('with a shape that is not that of its values, or a name given twice, is a mistake of the caller', () => {
    expect(() => writeSafetensors(path, [{ ...a, shape: [5] }], 'F32')).toThrow('6 values')
    expect(() => writeSafetensors(path, [a, a], 'F32')).toThrow('twice')
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('16-bit numbers', () => {
  const stored = (value: number, dtype: StoredDtype) => {
    const bytes = encodeFloats(Float32Array.of(value), dtype)
    return new DataView(bytes.buffer).getUint16(0, true)
  }

  it.each([
    [1, 0x3c00],
    [-2, 0xc000],
    [65_504, 0x7bff],
    [1 + 2 ** -11, 0x3c00], // a tie goes to the even neighbour: down
    [1 + 3 * 2 ** -11, 0x3c02], // and up
    [1 + 2 ** -11 + 2 ** -20, 0x3c01],
    [2 ** -14, 0x0400], // the smallest normal number
    [2 ** -24, 0x0001], // the smallest subnormal one
    [2 ** -25, 0x0000],
    [2 ** -25 + 2 ** -40, 0x0001],
    [-0, 0x8000],
    [2047 * 2 ** -25, 0x0400], // rounds up into the normal numbers
  ])('stores %d in F16 as %i', (value, bits) => expect(stored(value, 'F16')).toBe(bits))

  it.each([
    [1, 0x3f80],
    [1 + 2 ** -8, 0x3f80],
    [1 + 3 * 2 ** -8, 0x3f82],
    [1 + 2 ** -8 + 2 ** -20, 0x3f81],
    [-3, 0xc040],
  ])('stores %d in BF16 as %i', (value, bits) => expect(stored(value, 'BF16')).toBe(bits))

  it.each(['F16', 'BF16'] as const)('of %s come back as they were stored, all 65,536 of them', (dtype) => {
    const all = new Uint8Array(Uint16Array.from({ length: 1 << 16 }, (_, i) => i).buffer)
    const values = decodeFloats(all, dtype)
    const again = new Uint16Array(encodeFloats(values, dtype).slice().buffer)
    const changed = values.findIndex((value, i) => (Number.isNaN(value) ? false : again[i] !== i))
    expect(changed).toBe(-1)
    expect(values.filter(Number.isNaN).length).toBe(dtype === 'F16' ? 2 * 1023 : 2 * 127)
  })

  it('rounds to the nearest: no neighbour is closer', () => {
    const half = fc.integer({ min: 0, max: 0x7bfe })
    fc.assert(
      fc.property(half, fc.double({ min: 0, max: 1, noNaN: true }), (bits, part) => {
        const [low, high] = decodeFloats(new Uint8Array(Uint16Array.of(bits, bits + 1).buffer), 'F16')
        const value = Math.fround(low! + part * (high! - low!))
        const back = decodeFloats(encodeFloats(Float32Array.of(value), 'F16'), 'F16')[0]!
        expect(Math.abs(back - value)).toBeLessThanOrEqual(Math.min(value - low!, high! - value))
      }),
      { seed: 3, numRuns: 500 },
    )
  })

  it.each([
    ['F16', 65_519, 65_520],
    ['BF16', 3.3961e38, 3.3963e38],
  ] as const)('in %s: %d can be stored, %d cannot', (dtype, fits, tooLarge) => {
    expect(firstUnstorable(Float32Array.of(fits, -fits, tooLarge), dtype)).toBe(2)
    expect(decodeFloats(encodeFloats(Float32Array.of(fits, -tooLarge), dtype), dtype).map(Math.sign)).toEqual(
      Float32Array.of(1, -1),
    )
    expect(Number.isFinite(decodeFloats(encodeFloats(Float32Array.of(tooLarge), dtype), dtype)[0])).toBe(false)
    expect(Number.isFinite(decodeFloats(encodeFloats(Float32Array.of(fits), dtype), dtype)[0])).toBe(true)
  })
})

describe('a damaged file is refused', () => {
  const message = () => refused(() => openSafetensors(path)).message

  it('when it is not there, is a folder, is empty or is a few bytes long', () => {
    expect(message()).toContain('does not exist')
    mkdirSync(path)
    expect(refused(() => openSafetensors(folder)).message).toContain('is not a file')
    rmSync(path, { recursive: true })
    writeFileSync(path, '')
    expect(message()).toContain('is 0 bytes long')
    writeFileSync(path, 'abcdefg')
    expect(message()).toContain('is 7 bytes long')
  })

  it('when its header is longer than the file', () => {
    const bytes = Buffer.alloc(12)
    bytes.writeBigUInt64LE(4096n)
    writeFileSync(path, bytes)
    expect(message()).toMatch(/^model\.safetensors is 12 bytes long: its header says 4,096; .*download it again/)
    bytes.writeBigUInt64LE(2n ** 64n - 1n)
    writeFileSync(path, bytes)
    expect(message()).toContain('is 12 bytes long')
  })

  it('when its header has more than 100 MB', () => {
    const size = 100 * 2 ** 20 + 1
    const bytes = new Uint8Array(8 + size)
    new DataView(bytes.buffer).setBigUint64(0, BigInt(size), true)
    writeFileSync(path, bytes)
    expect(message()).toContain('has a header of 104,857,601 bytes')
  })

  it.each([
    ['{"a":', 'not JSON'],
    ['', 'not JSON'],
    ['[]', 'not a JSON object'],
    ['null', 'not a JSON object'],
    ['7', 'not a JSON object'],
  ])('when its header is %s', (header, what) => {
    write(header, 0)
    expect(message()).toContain(what)
  })

  it('when its header is mostly brackets, or nested without end', () => {
    write(`{"a":[${'[],'.repeat(600_000)}[]]}`, 0)
    expect(message()).toContain('has a header with more than 1,000,000 values')
    write('['.repeat(1000), 0)
    expect(message()).toContain('has a header with lists and objects more than 8 deep')
  })

  it('when its header is not UTF-8', () => {
    write('{"a":0}', 0)
    const bytes = readFileSync(path)
    bytes[10] = 0xff
    writeFileSync(path, bytes)
    expect(message()).toContain('not JSON')
  })

  const one = JSON.stringify(entry([1], 0, 4))
  it.each([
    ['a tensor', `{"a":${one},"a":${one}}`],
    ['a tensor, with spaces', `{"a" : ${one} , "a"\n:${one}}`],
    ['a tensor, escaped', `{"a":${one},"\\u0061":${one}}`],
    ['the dtype of a tensor', '{"a":{"dtype":"F32","dtype":"F16","shape":[1],"data_offsets":[0,4]}}'],
  ])('when it names %s twice', (_, header) => {
    write(header, 4)
    expect(message()).toContain('twice')
  })

  it('but not when a tensor has the name of a field or a value looks like a name', () => {
    write({ dtype: entry([1], 0, 4), shape: entry([1], 4, 8), __metadata__: { shape: '"dtype":' } }, 8)
    expect(readAll(path)['shape']?.data).toEqual(Float32Array.of(0))
  })

  it.each([
    ['overlap', { a: entry([2], 0, 8), b: entry([2], 4, 12) }, 12],
    ['overlap', { a: entry([2], 0, 8), b: entry([2], 0, 8) }, 8],
    ['a ends at byte', { a: entry([4], 0, 16) }, 12],
    ['belong to no tensor', { a: entry([1], 0, 4), b: entry([1], 8, 12) }, 12],
    ['its tensors end at', { a: entry([1], 0, 4) }, 5],
    ['12 bytes, but [2] F32 takes 8', { a: entry([2], 0, 12) }, 12],
    ['-4 bytes', { a: entry([1], 4, 0) }, 4],
    ['bytes, but', { a: entry([2 ** 50, 2 ** 50], 0, 4) }, 4],
    ['no valid shape', { a: entry([-1], 0, 4) }, 4],
    ['no valid shape', { a: entry([0.5], 0, 2) }, 2],
    ['no valid shape', { a: entry('3', 0, 4) }, 4],
    ['no valid shape', { a: entry(null, 0, 4) }, 4],
    ['no valid offsets', { a: entry([1], -4, 0) }, 4],
    ['no valid offsets', { a: entry([1], '0', '4') }, 4],
    ['no valid offsets', { a: entry([1], 0, 2 ** 60) }, 4],
    ['no valid offsets', { a: { dtype: 'F32', shape: [1], data_offsets: [0, 4, 8] } }, 4],
    ['without a dtype', { a: null }, 0],
    ['without a dtype', { a: 5 }, 0],
    ['the dtype F99', { a: entry([1], 0, 4, 'F99') }, 4],
    ['the dtype I64', { a: entry([1], 0, 8, 'I64') }, 8],
    ['the dtype 32', { a: entry([1], 0, 4, 32) }, 4],
    ['the dtype constructor', { a: entry([1], 0, 4, 'constructor') }, 4],
    ['__metadata__', { __metadata__: { version: 3 }, a: entry([1], 0, 4) }, 4],
  ])('with a message about "%s": %j', (what, header, bytes) => {
    write(header, bytes)
    expect(message()).toContain(what)
  })

  it.each([1, 8, 20, 33, 40])('when its last %i bytes are missing', (missing) => {
    writeSafetensors(path, [a, b], 'F32')
    writeFileSync(path, readFileSync(path).subarray(0, -missing))
    expect(message()).toMatch(/^model\.safetensors /)
  })

  it('when it shrinks after it was opened', () => {
    writeSafetensors(path, [a, b], 'F32')
    const file = openSafetensors(path)
    writeFileSync(path, readFileSync(path).subarray(0, -6))
    expect(refused(() => file.read('b')).message).toContain('6 bytes too early')
    file.close()
  })

  it.each([
    ['F32', Number.NaN, [0, 0, 0xc0, 0x7f]],
    ['F32', -Infinity, [0, 0, 0x80, 0xff]],
    ['F16', Infinity, [0, 0x7c]],
    ['BF16', Number.NaN, [0xc0, 0x7f]],
  ] as const)('in %s with %d in it, by tensor and index, while other tensors can be read', (dtype, value, bits) => {
    writeSafetensors(path, [a, { name: 'w', shape: [4], data: Float32Array.of(1, 2, 3, 4) }], dtype)
    const bytes = readFileSync(path)
    bytes.set(bits, bytes.length - 2 * bits.length)
    writeFileSync(path, bytes)
    const file = openSafetensors(path)
    expect(file.read('a')[1]).toBe(-2)
    expect(refused(() => file.read('w')).message).toContain(`w holds ${value} at index 2`)
    file.close()
  })

  it('when a tensor is requested that it does not have', () => {
    writeSafetensors(path, [a], 'F32')
    const file = openSafetensors(path)
    expect(refused(() => file.read('c')).message).toContain('no tensor c')
    expect(refused(() => file.info('__proto__')).message).toContain('no tensor __proto__')
    file.close()
    file.close()
  })
})

describe('a folder of shards', () => {
  const index = (value: unknown) => writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify(value))
  const first = 'model-00001-of-00002.safetensors'
  const second = 'model-00002-of-00002.safetensors'
  const writeShards = () => {
    writeSafetensors(join(folder, first), [a], 'F32')
    writeSafetensors(join(folder, second), [b], 'BF16')
  }
  const message = () => refused(() => openSafetensors(folder)).message

  it('reads each tensor from the file that the index names', () => {
    writeShards()
    index({ weight_map: { a: first, b: second } })
    const read = readAll(folder)
    expect(read['a']?.data).toEqual(a.data)
    expect(read['b']).toMatchObject({ dtype: 'BF16', data: b.data })
  })

  it('needs a model file at all', () => expect(message()).toContain('model.safetensors'))

  it('is refused when a shard is missing', () => {
    writeShards()
    rmSync(join(folder, second))
    index({ weight_map: { a: first, b: second } })
    expect(message()).toContain(second)
  })

  it.each(['../secret.safetensors', '/etc/passwd', '..\\secret.safetensors', '..', '', '.hidden', 'x\0y', 3, null])(
    'is refused when the index names %j, which is not a file of the folder',
    (shard) => {
      writeShards()
      index({ weight_map: { a: first, b: shard } })
      expect(message()).toContain('not a file of this folder')
    },
  )

  it.each([{}, { weight_map: [] }, { weight_map: 'x' }, { weight_map: null }, { weight_map: {} }])(
    'is refused when the index is %j',
    (value) => {
      writeShards()
      index(value)
      expect(message()).toContain('index.json')
    },
  )

  it('is refused when the index is not JSON', () => {
    writeFileSync(join(folder, 'model.safetensors.index.json'), '{')
    expect(message()).toContain('not a JSON object')
  })

  it('is refused when a shard lacks a tensor, or two shards have the same one', () => {
    writeShards()
    index({ weight_map: { a: second, b: second } })
    expect(message()).toMatch(/\ba\b.*/)
    writeSafetensors(join(folder, second), [b, a], 'F32')
    index({ weight_map: { a: first, b: second } })
    expect(message()).toContain('as well')
  })
})

describe('a file with one byte changed', () => {
  const tensors = [a, b, { name: 'layers.0.w', shape: [2, 3], data: a.data.map((value) => value + 1) }]
  const tryRead = (bytes: Uint8Array) => {
    writeFileSync(path, bytes)
    try {
      return readAll(path)
    } catch (error) {
      expect(error).toBeInstanceOf(GpoError)
      return null
    }
  }
  const headerEnd = (bytes: Buffer) => 8 + Number(bytes.readBigUInt64LE(0))
  const flip = fc.record({ at: fc.nat(), mask: fc.integer({ min: 1, max: 255 }) })

  it.each(['F32', 'F16', 'BF16'] as const)('in its header (%s) is refused or gives unchanged values', (dtype) => {
    writeSafetensors(path, tensors, dtype)
    const whole = readFileSync(path)
    const right = readAll(path)
    fc.assert(
      fc.property(flip, ({ at, mask }) => {
        const bytes = Buffer.from(whole)
        bytes[at % headerEnd(whole)]! ^= mask
        for (const [name, { shape, data }] of Object.entries(tryRead(bytes) ?? {})) {
          const known = right[name]
          if (known && String(known.shape) === String(shape)) expect(data).toEqual(known.data)
          else expect(data.length).toBe(shape.reduce((x, y) => x * y, 1))
        }
      }),
      { seed: 5, numRuns: 300 },
    )
  })

  it('in its values changes one tensor at most', () => {
    writeSafetensors(path, tensors, 'F32')
    const whole = readFileSync(path)
    const right = readAll(path)
    fc.assert(
      fc.property(flip, ({ at, mask }) => {
        const bytes = Buffer.from(whole)
        const start = headerEnd(whole)
        bytes[start + (at % (whole.length - start))]! ^= mask
        const read = tryRead(bytes)
        if (!read) return
        const changed = Object.entries(read).filter(([name, { data }]) => String(data) !== String(right[name]?.data))
        expect(changed.length).toBeLessThanOrEqual(1)
      }),
      { seed: 6, numRuns: 300 },
    )
  })
})
