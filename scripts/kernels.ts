/** The WebAssembly kernels: each .wat as a module in base64, so that the program needs neither a file nor a compiler at run time. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import loadWabt from 'wabt'

const FOLDER = join(import.meta.dirname, '../src/main/engine/optim/kernel')
export const MODULE = join(FOLDER, 'module.ts')

/** The text of module.ts. */
export async function kernelModule(): Promise<string> {
  const wabt = await loadWabt()
  const parsed = wabt.parseWat('adamw.wat', readFileSync(join(FOLDER, 'adamw.wat'), 'utf8'), { simd: true })
  const { buffer } = parsed.toBinary({})
  parsed.destroy()
  const text = Buffer.from(buffer).toString('base64')
  const lines = text.match(/.{1,140}/g) ?? []
  return [
    '/** Made of adamw.wat by `npm run make-kernels`: change that. */',
    'export const ADAMW_MODULE =',
    `${lines.map((line) => `  '${line}'`).join(' +\n')}`,
    '',
  ].join('\n')
}
