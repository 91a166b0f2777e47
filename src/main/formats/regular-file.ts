/** A named pipe or a device in the place of a file: reading it waits for ever, or never ends. So they are refused before they are opened. */
import { type Stats, statSync } from 'node:fs'
import { type ErrorCode, GpoError } from '@shared/errors'

/** Null for a file, for a folder, and for nothing: reading those says what is wrong. */
function strangenessOf(found: Stats | undefined): string | null {
  if (found === undefined || found.isFile() || found.isDirectory()) return null
  if (found.isFIFO()) return 'a named pipe'
  return found.isSocket() ? 'a socket' : 'a device'
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path)
  } catch {
    return undefined
  }
}

/** Links are followed. @throws {GpoError} of the code, for what is neither a file nor a folder */
export function refuseStrangeFile(path: string, code: ErrorCode): void {
  const strange = strangenessOf(statOf(path))
  if (strange === null) return
  throw new GpoError(code, `${path} is ${strange}, not a file: choose a file, or save what it holds as one`)
}
