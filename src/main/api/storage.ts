/** The data that the program stores on disk, with sizes. */
import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { folderBytes } from '@main/runs/files'
import type { Store } from '@main/store/query'
import type { StoredPlace } from '@shared/contract/system'

const fileBytes = (path: string): Promise<number> => stat(path).then(({ size }) => size, () => 0) // biome-ignore format: one line reads better

/** The size of the database includes its journal. */
export async function storedPlaces({ file }: Store): Promise<StoredPlace[]> {
  const parts = await Promise.all(['', '-wal', '-shm'].map((suffix) => fileBytes(file + suffix)))
  const [runs, imports] = [join(dirname(file), 'runs'), join(dirname(file), 'imports')]
  return [
    { name: 'database', path: file, bytes: parts.reduce((sum, bytes) => sum + bytes, 0) },
    { name: 'runs', path: runs, bytes: await folderBytes(runs) },
    { name: 'imports', path: imports, bytes: await folderBytes(imports) },
  ]
}
