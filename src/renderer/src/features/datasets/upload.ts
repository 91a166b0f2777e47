/** Uploads a file that was dropped in a browser to the program, in parts. */

import { api } from '@renderer/lib/api'
import { UPLOAD_PART } from '@shared/contract/datasets'

interface UploadOptions {
  readonly signal: AbortSignal
  readonly onProgress: (done: number) => void
}

/** Base64 through the browser's FileReader, which is far faster than a loop. */
function toBase64(part: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''))
    reader.onerror = () => reject(reader.error ?? new Error('The file could not be read.'))
    reader.readAsDataURL(part)
  })
}

/** @returns the id of the dataset; null if it was cancelled */
export async function uploadDataset(file: File, { signal, onProgress }: UploadOptions): Promise<string | null> {
  const { upload } = await api.datasets.beginUpload({ name: file.name, bytes: file.size })
  try {
    for (let offset = 0; offset < file.size; offset += UPLOAD_PART) {
      if (signal.aborted) break
      const part = file.slice(offset, offset + UPLOAD_PART)
      await api.datasets.uploadPart({ upload, offset, data: await toBase64(part) })
      onProgress(offset + part.size)
    }
    if (!signal.aborted) return (await api.datasets.finishUpload({ upload })).id
  } catch (error) {
    await api.datasets.cancelUpload({ upload }).catch(() => {}) // report the first error, not one of this cleanup
    throw error
  }
  await api.datasets.cancelUpload({ upload })
  return null
}
