/** Another program that holds a database locked, as a real process. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** Resolves when the database is locked. @returns a function that lets go of it */
export async function lockDatabase(file: string): Promise<() => Promise<void>> {
  const script = join(import.meta.dirname, 'lock-database.mjs')
  const child = spawn(process.execPath, [script, file], { stdio: ['pipe', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return async () => {
    child.stdin.end()
    await once(child, 'exit')
  }
}
