/** Sizes of the folders of runs. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

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
