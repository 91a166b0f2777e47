/** Errors between processes, mapped once each way: a GpoError keeps its code, everything else is a bug. */
import { ORPCError } from '@orpc/client'
import { ValidationError } from '@orpc/contract'
import { describeError, type ErrorCode, GpoError, isErrorCode } from '@shared/errors'
import { bugMessage } from './log'

const INTERNAL = 'internal'

export function toWire(error: unknown): ORPCError<string, { code: string }> {
  const code = error instanceof GpoError ? error.code : INTERNAL
  return new ORPCError('WORKER', { message: describeError(error), data: { code } })
}

/** An error as sent by a worker: one of our codes, or `internal`. */
export interface ToldError {
  readonly code: ErrorCode | typeof INTERNAL
  readonly message: string
}

/** The place in a message, without the index in its batch, which is of no use. */
function placeOf({ issues: [issue], data }: ValidationError): PropertyKey[] {
  const path = (issue?.path ?? []).map((part) => (typeof part === 'object' ? part.key : part))
  return Array.isArray(data) ? path.slice(1) : path
}

/** "values.loss: expected number" for the first problem. */
function firstIssue(refused: ValidationError): string {
  const [issue] = refused.issues
  const place = placeOf(refused).map(String).join('.') || 'message'
  return `${place}: ${issue?.message}`
}

/** Describes a message that failed validation; null if the error is another one. */
export function unreadable(error: unknown, whose: string): GpoError | null {
  const refused = error instanceof ValidationError ? error : (error as Error | null)?.cause
  if (!(refused instanceof ValidationError)) return null
  return new GpoError('training', `${whose} sent a message that cannot be read: ${firstIssue(refused)}`)
}

/** The error that the worker reported; null if it reported none, for example because the connection was lost. */
export function fromWire(error: unknown): ToldError | null {
  const refused = unreadable(error, 'the worker')
  if (refused) return { code: refused.code, message: refused.message }
  if (!(error instanceof ORPCError)) return null
  const { code } = (error.data ?? {}) as { code?: unknown }
  return { code: typeof code === 'string' && isErrorCode(code) ? code : INTERNAL, message: error.message }
}

/** The same as an error; a bug names the log file. */
export const errorOf = ({ code, message }: ToldError, logFile: string): Error =>
  code === INTERNAL ? new Error(bugMessage(message, logFile)) : new GpoError(code, message)
