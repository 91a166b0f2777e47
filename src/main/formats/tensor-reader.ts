/** Reading a model's tensors one at a time out of open files, whatever their format. */
import { readSync } from 'node:fs'
import { basename } from 'node:path'
import { GpoError } from '@shared/errors'
import { firstUnstorable } from './dtypes'
import { count, damaged, shown } from './safetensors-header'

export interface StoredTensor {
  /** What its file calls the form its numbers are stored in, such as BF16 or Q4_K. */
  readonly dtype: string
  readonly shape: readonly number[]
}

export interface TensorReader {
  readonly names: readonly string[]
  info(name: string): StoredTensor
  /** @throws GpoError('model') when a value is not finite */
  read(name: string): Float32Array
  /** `count` values from the `start`th on, for a tensor that should not be there whole. */
  readPart(name: string, start: number, count: number): Float32Array
  close(): void
}

/** What the system says of a file, as an error that names the file. */
export function reading<T>(path: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (error instanceof GpoError) throw error
    const code = (error as NodeJS.ErrnoException).code ?? String(error)
    throw new GpoError('model', `${path} could not be read (${code}): check the disk and the file's permissions`, {
      cause: error,
    })
  }
}

export function allocate(path: string, bytes: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(bytes)
  } catch {
    throw new GpoError('model', `${path}: there is no memory for ${count(bytes)} bytes; close other programs`)
  }
}

export function readExactly(path: string, handle: number, position: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = allocate(path, length)
  for (let done = 0; done < length; ) {
    const got = reading(path, () => readSync(handle, bytes, done, Math.min(length - done, 1 << 30), position + done))
    if (got === 0)
      throw damaged(path, `ends at byte ${count(position + done)}, ${count(length - done)} bytes too early`)
    done += got
  }
  return bytes
}

/** @param start which value of the tensor is the first one */
export function checkFinite(path: string, name: string, values: Float32Array, start: number): Float32Array {
  const bad = firstUnstorable(values)
  if (bad < 0) return values
  throw new GpoError(
    'model',
    `${basename(path)}: ${shown(name)} holds ${values[bad]} at index ${count(start + bad)}; the file is damaged or its training diverged (${path})`,
  )
}
