/** Tells of an error twice: its whole stack on standard error, which is the log, and a sentence for whoever asked. */
import { inspect } from 'node:util'
import { toWire } from '../workers/wire-error'

export function reportError(error: unknown) {
  process.stderr.write(`${inspect(error)}\n`)
  return toWire(error)
}
