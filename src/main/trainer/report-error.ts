/** Tells of an error twice: its whole stack on standard error, which is the log, and a sentence for a person. */
import { inspect } from 'node:util'
import { describeError, GpoError } from '@shared/errors'

export interface ReportedError {
  /** `internal`: a bug. */
  readonly code: string
  readonly message: string
}

export function reportError(error: unknown): ReportedError {
  process.stderr.write(`${inspect(error)}\n`)
  return { code: error instanceof GpoError ? error.code : 'internal', message: describeError(error) }
}
