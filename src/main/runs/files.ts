/** The files of runs: their size, and their removal. */
import { rmSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ownRunFolder } from '@main/paths/run-folder'
import type { Store } from '@main/store/query'

/** Bytes of all files below a folder; unreadable files count as 0, links are not followed. */
export async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const sizes = entries.map((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return folderBytes(path)
    return entry.isFile() ? stat(path).then(({ size }) => size, () => 0) : 0 // biome-ignore format: one line reads better
  })
  return (await Promise.all(sizes)).reduce((total, size) => total + size, 0)
}

/** @throws {GpoError} 'storage' for a folder that links lead elsewhere; then nothing is removed */
export function removeRunFiles({ file }: Store, id: string): void {
  const folder = ownRunFolder(file, id)
  if (folder !== null) rmSync(folder, { recursive: true, force: true })
}
