/** Reads tensors back and compares them with those in memory. */
import { type FileSystem, realFileSystem } from '@main/formats/atomic'
import { BYTES, decodeFloats, encodeFloats, type StoredDtype } from '@main/formats/dtypes'
import { openSafetensors, type SafetensorsReader } from '@main/formats/safetensors'
import type { TensorToWrite } from '@main/formats/safetensors-writer'
import { GpoError } from '@shared/errors'

/** Progress in bytes written or read back. */
export type OnTensors = (label: 'writing' | 'reading back', done: number, total: number) => void

interface Tensors {
  readonly tensors: readonly TensorToWrite[]
  readonly dtype: StoredDtype
  readonly onProgress?: OnTensors
}

const bytesOf = (tensors: readonly TensorToWrite[], dtype: StoredDtype) =>
  tensors.reduce((sum, { data }) => sum + data.length * BYTES[dtype], 0)

/** The default writer. */
export function countingFileSystem(
  tensors: readonly TensorToWrite[],
  dtype: StoredDtype,
  onProgress: OnTensors | undefined,
): FileSystem {
  if (!onProgress) return realFileSystem
  const total = bytesOf(tensors, dtype)
  let done = 0
  return {
    write(file, bytes) {
      const written = realFileSystem.write(file, bytes)
      done += written
      onProgress('writing', Math.min(done, total), total)
      return written
    },
  }
}

/** @returns the largest difference from the values in memory, or null if a value read back is not the one written */
function differenceOf(read: Float32Array, written: Float32Array, original: Float32Array): number | null {
  if (read.length !== written.length) return null
  let worst = 0
  for (let i = 0; i < read.length; i++) {
    if (read[i] !== written[i]) return null
    worst = Math.max(worst, Math.abs(read[i]! - original[i]!))
  }
  return worst
}

function compareTensor(file: SafetensorsReader, { name, shape, data }: TensorToWrite, dtype: StoredDtype): number {
  const info = file.info(name)
  const hasSameForm = info.dtype === dtype && String(info.shape) === String(shape)
  const written = decodeFloats(encodeFloats(data, dtype), dtype)
  const difference = hasSameForm ? differenceOf(file.read(name), written, data) : null
  if (difference !== null) return difference
  throw new GpoError(
    'storage',
    `${name} was read back with other contents than written: check the disk and export again`,
  )
}

/**
 * @param fileOrFolder what was written
 * @returns the largest difference between a value in memory and the one read back
 * @throws GpoError('storage') when a value is not as it was written
 */
export function compareTensors(fileOrFolder: string, { tensors, dtype, onProgress }: Tensors): number {
  const file = openSafetensors(fileOrFolder)
  const total = bytesOf(tensors, dtype)
  let done = 0
  let worst = 0
  try {
    for (const tensor of tensors) {
      worst = Math.max(worst, compareTensor(file, tensor, dtype))
      done += tensor.data.length * BYTES[dtype]
      onProgress?.('reading back', done, total)
    }
    return worst
  } finally {
    file.close()
  }
}
