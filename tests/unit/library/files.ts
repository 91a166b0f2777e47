/** Files of the dataset tests, written into one temporary folder that goes away with the test file. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { GpoError } from '@shared/errors'
import { afterAll } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'gpo-datasets-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

export function pathOf(name: string): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  return path
}

export function write(name: string, content: string | Uint8Array): string {
  const path = pathOf(name)
  writeFileSync(path, content)
  return path
}

export function writeLines(name: string, rows: readonly unknown[]): string {
  return write(name, rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n'))
}

/** The GpoError a step ends with; anything else that is thrown, or nothing, fails the test. */
export async function failureOf(step: Promise<unknown>): Promise<GpoError> {
  const error = await step.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof GpoError)) throw error
  return error
}
