/** How large the installed program is, by its parts, and whether that is within its budget. */
import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Megabytes (of a million bytes) of an installed program on Linux, without CUDA. */
const BUDGET_MB = 350

/** Bytes of a file, or of all files below a folder; links have none. */
function bytesOf(path: string): number {
  const facts = lstatSync(path)
  if (facts.isDirectory()) return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0)
  return facts.isFile() ? facts.size : 0
}

export interface Part {
  readonly name: string
  readonly bytes: number
}

/** What a person would ask about, by paths in the program's folder. The rest is Electron's. */
const PARTS: readonly (readonly [string, ...string[]])[] = [
  ['ONNX Runtime', 'resources/app.asar.unpacked/node_modules/onnxruntime-node'],
  ['WebGPU (Dawn)', 'resources/app.asar.unpacked/node_modules/webgpu'],
  ['SQLite', 'resources/app.asar.unpacked/node_modules/better-sqlite3'],
  ['our program, archived', 'resources/app.asar'],
  ['bundled models and data', 'resources/models', 'resources/datasets', 'resources/trl'],
  ['language packs', 'locales'],
  ['licences of Chromium', 'LICENSES.chromium.html'],
]

/** @param folder of the unpacked program; @returns rows of a name and bytes, the largest first, and their sum */
export function sizes(folder: string): { readonly rows: readonly Part[]; readonly total: number } {
  const rows = PARTS.map(([name, ...paths]) => {
    const present = paths.map((path) => join(folder, path)).filter(existsSync)
    return { name, bytes: present.reduce((sum, path) => sum + bytesOf(path), 0) }
  })
  const total = bytesOf(folder)
  const known = rows.reduce((sum, { bytes }) => sum + bytes, 0)
  const all = [{ name: 'Electron', bytes: total - known }, ...rows].sort((a, b) => b.bytes - a.bytes)
  return { rows: all, total }
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1).padStart(7)} MB`

/** Prints the report of what was built for Linux. @returns an exit code: 1 over the budget */
export function report(output: string): number {
  const folder = join(output, 'linux-unpacked')
  if (!existsSync(folder)) return 0
  const { rows, total } = sizes(folder)
  for (const { name, bytes } of rows) process.stdout.write(`${megabytes(bytes)}  ${name}\n`)
  process.stdout.write(`${megabytes(total)}  installed; the budget is ${BUDGET_MB} MB\n`)
  if (total <= BUDGET_MB * 1e6) return 0
  process.stderr.write(`package: the installed program is over its budget of ${BUDGET_MB} MB\n`)
  return 1
}
