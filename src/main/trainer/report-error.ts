/** Reports an error twice: the whole stack on standard error, which is the log, and a message to the caller. */
import { inspect } from 'node:util'
import { toWire } from '../workers/wire-error'

export function reportError(error: unknown) {
  process.stderr.write(`${inspect(error)}\n`)
  return toWire(error)
}
