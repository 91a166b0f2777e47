/**
 * TensorBoard's event files: a sequence of TFRecords (tensorflow/core/lib/io/record_writer.cc), each an Event of tensorflow/core/util/event.proto,
 * written by hand because the only JavaScript writer is part of tfjs-node. Scalars alone.
 */

/** CRC-32C (Castagnoli), reflected. */
const POLYNOMIAL = 0x82f63b78

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1
  return value
})

export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 0xff]!
  return (crc ^ 0xffffffff) >>> 0
}

/** As TFRecord stores it, so that a checksum of data with checksums inside does not become simple. */
function masked(bytes: Uint8Array): number {
  const crc = crc32c(bytes)
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}

/** Length, its checksum, the data, its checksum; all numbers little-endian. */
export function recordOf(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(16 + data.length)
  const view = new DataView(record.buffer)
  view.setBigUint64(0, BigInt(data.length), true)
  view.setUint32(8, masked(record.subarray(0, 8)), true)
  record.set(data, 12)
  view.setUint32(12 + data.length, masked(data), true)
  return record
}

/** Of one record of a file. @throws RangeError where the file is cut off or a checksum does not fit */
export function* readRecords(file: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  for (let at = 0; at < file.length; ) {
    const length = Number(view.getBigUint64(at, true))
    const data = file.subarray(at + 12, at + 12 + length)
    if (view.getUint32(at + 8, true) !== masked(file.subarray(at, at + 8)) || data.length !== length)
      throw new RangeError(`the record at byte ${at} is damaged`)
    if (view.getUint32(at + 12 + length, true) !== masked(data))
      throw new RangeError(`the data of the record at byte ${at} is damaged`)
    yield data
    at += 16 + length
  }
}

const concat = (...parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Protocol Buffers' variable-length numbers; up to 2^53. */
function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  return Uint8Array.from([...bytes, rest])
}

/** Wire types. */
const [VARINT, FIXED64, BYTES, FIXED32] = [0, 1, 2, 5]
const key = (field: number, wire: number) => varint(field * 8 + wire)

const bytesField = (field: number, value: Uint8Array) => concat(key(field, BYTES), varint(value.length), value)
const textField = (field: number, text: string) => bytesField(field, new TextEncoder().encode(text))
const doubleField = (field: number, value: number) =>
  concat(key(field, FIXED64), new Uint8Array(Float64Array.of(value).buffer))
const floatField = (field: number, value: number) =>
  concat(key(field, FIXED32), new Uint8Array(Float32Array.of(value).buffer))

/** Event.wall_time, .step, .file_version, .summary; Summary.value; Value.tag, .simple_value */
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5 } as const
const VALUE = { tag: 1, simpleValue: 2 } as const

/** The first record of every file. @param seconds since 1970 */
export const versionEvent = (seconds: number): Uint8Array =>
  concat(doubleField(EVENT.wallTime, seconds), textField(EVENT.fileVersion, 'brain.Event:2'))

export interface Scalars {
  /** Since 1970. */
  readonly seconds: number
  readonly step: number
  readonly values: Readonly<Record<string, number>>
}

export function scalarEvent({ seconds, step, values }: Scalars): Uint8Array {
  const all = Object.entries(values).map(([tag, value]) =>
    bytesField(1, concat(textField(VALUE.tag, tag), floatField(VALUE.simpleValue, value))),
  )
  return concat(
    doubleField(EVENT.wallTime, seconds),
    concat(key(EVENT.step, VARINT), varint(step)),
    bytesField(EVENT.summary, concat(...all)),
  )
}
