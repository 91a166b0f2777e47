/** Stored numbers to float32 and back, round to nearest even. */

export type StoredDtype = 'F32' | 'F16' | 'BF16'
export const BYTES: Readonly<Record<StoredDtype, number>> = { F32: 4, F16: 2, BF16: 2 }

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/** @param half the bits of a half-precision number */
export function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >> 10) & 31
  const fraction = half & 1023
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

let halves: Float32Array | null = null

/** All 65,536 half-precision numbers, so that a large tensor is one look-up a value. */
export function halfTable(): Float32Array {
  halves ??= Float32Array.from({ length: 1 << 16 }, (_, half) => halfToFloat(half))
  return halves
}

/** Drops the lowest `shift` bits of an unsigned number, ties to even. */
function roundShift(value: number, shift: number): number {
  const half = 1 << (shift - 1)
  const rest = value & ((1 << shift) - 1)
  const kept = value >>> shift
  return rest > half || (rest === half && kept & 1) ? kept + 1 : kept
}

/** @param bits of a float32. Beyond 65,504 (by half a unit or more): infinity. */
function bitsToHalf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000
  const exponent = ((bits >>> 23) & 255) - 127
  const fraction = bits & 0x7fffff
  if (exponent === 128) return sign | 0x7c00 | (fraction ? 0x200 : 0)
  if (exponent >= 16) return sign | 0x7c00
  if (exponent >= -14) return sign | roundShift(((exponent + 15) << 23) | fraction, 13)
  if (exponent < -25) return sign
  return sign | roundShift(fraction | 0x800000, -exponent - 1)
}

function bitsToBfloat(bits: number): number {
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40 // NaN stays NaN
  return roundShift(bits, 16) & 0xffff
}

/** The smallest magnitude that rounds to infinity: half a unit above the largest number of each dtype. */
const OVERFLOW: Readonly<Record<StoredDtype, number>> = {
  F32: Number.POSITIVE_INFINITY,
  F16: 65_520,
  BF16: 2 ** 128 - 2 ** 119,
}

/** @returns the index of the first value that is not finite or becomes infinite when stored, -1 when there is none */
export function firstUnstorable(values: Float32Array, dtype: StoredDtype = 'F32'): number {
  const limit = OVERFLOW[dtype]
  for (let i = 0; i < values.length; i++) if (!(Math.abs(values[i]!) < limit)) return i
  return -1
}

/** Little-endian bytes of a stored tensor → float32; aligned F32 shares the bytes' memory. */
export function decodeFloats(bytes: Uint8Array, dtype: StoredDtype): Float32Array {
  if (dtype === 'F32' && bytes.byteOffset % 4 === 0 && IS_LITTLE_ENDIAN) {
    return new Float32Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength / 4)
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const out = new Float32Array(bytes.byteLength / BYTES[dtype])
  const bits = new Uint32Array(out.buffer)
  if (dtype === 'F32') for (let i = 0; i < out.length; i++) bits[i] = view.getUint32(4 * i, true)
  else if (dtype === 'F16') {
    const table = halfTable()
    for (let i = 0; i < out.length; i++) out[i] = table[view.getUint16(2 * i, true)]!
  } else for (let i = 0; i < out.length; i++) bits[i] = view.getUint16(2 * i, true) << 16
  return out
}

/** Float32 → little-endian bytes; F32 shares the memory of `values`. */
export function encodeFloats(values: Float32Array, dtype: StoredDtype): Uint8Array {
  if (dtype === 'F32' && IS_LITTLE_ENDIAN) return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  const source = new Uint32Array(values.buffer, values.byteOffset, values.length)
  const bytes = new Uint8Array(values.length * BYTES[dtype])
  const view = new DataView(bytes.buffer)
  if (dtype === 'F32')
    source.forEach((bits, i) => {
      view.setUint32(4 * i, bits, true)
    })
  else {
    const convert = dtype === 'F16' ? bitsToHalf : bitsToBfloat
    for (let i = 0; i < source.length; i++) view.setUint16(2 * i, convert(source[i]!), true)
  }
  return bytes
}

/** Float32 → the bits of half-precision floats, into `out` from `at`. */
export function encodeHalves(values: Float32Array, out: Uint16Array, at = 0): void {
  const source = new Uint32Array(values.buffer, values.byteOffset, values.length)
  for (let i = 0; i < source.length; i++) out[at + i] = bitsToHalf(source[i]!)
}

export function halvesToFloats(bits: Uint16Array): Float32Array {
  const table = halfTable()
  return Float32Array.from(bits, (half) => table[half]!)
}
