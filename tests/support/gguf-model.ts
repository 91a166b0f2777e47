/** A random model of 2 layers with the bundled tokenizer, as one GGUF file. */
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { exportGguf } from '@main/export/gguf/export'
import { readModelConfig } from '@main/formats/model-config'
import { loadWeights } from '@main/formats/weights'
import { writeTinyModel } from './model-folder'

/** Always the same. @returns the folder it was made of and the file, both below `home` */
export function writeTinyGguf(home: string, type: 'F32' | 'F16' | 'Q8_0' = 'F16') {
  const folder = writeTinyModel(mkdtempSync(join(home, 'source-')), { intermediateSize: 64 }) // rows that blocks of 32 can hold
  const tensors = [...loadWeights(folder, readModelConfig(folder))].map(([name, tensor]) => ({ name, ...tensor }))
  const file = join(mkdtempSync(join(home, 'gguf-')), 'small.gguf')
  exportGguf({ sourceFolder: folder, name: 'small', tensors, out: file, type })
  return { folder, file }
}
