/** Errors between processes, mapped once each way: ours keep their code, everything else is a bug. */
import { ORPCError } from '@orpc/client'
import { ValidationError } from '@orpc/contract'
import { describeError, type ErrorCode, GpoError, isErrorCode } from '@shared/errors'
import { bugMessage } from './log'

const INTERNAL = 'internal'

export function toWire(error: unknown): ORPCError<string, { code: string }> {
  const code = error instanceof GpoError ? error.code : INTERNAL
  return new ORPCError('WORKER', { message: describeError(error), data: { code } })
}

/** An error as a worker told it: a code of ours, or `internal`. */
export interface ToldError {
  readonly code: ErrorCode | typeof INTERNAL
  readonly message: string
}

/** The place in a message; which of its batch it was tells nobody anything. */
function placeOf({ issues: [issue], data }: ValidationError): PropertyKey[] {
  const path = (issue?.path ?? []).map((part) => (typeof part === 'object' ? part.key : part))
  return Array.isArray(data) ? path.slice(1) : path
}

/** "values.loss: expected number" for the first thing that is wrong. */
function firstIssue(refused: ValidationError): string {
  const [issue] = refused.issues
  const place = placeOf(refused).map(String).join('.') || 'message'
  return `${place}: ${issue?.message}`
}

/** What was refused at the border, in words; null where that was not the error. */
export function unreadable(error: unknown, whose: string): GpoError | null {
  const refused = error instanceof ValidationError ? error : (error as Error | null)?.cause
  if (!(refused instanceof ValidationError)) return null
  return new GpoError('training', `${whose} sent a message that cannot be read: ${firstIssue(refused)}`)
}

/** What the worker said failed; null where it said nothing: the connection is gone, say. */
export function fromWire(error: unknown): ToldError | null {
  const refused = unreadable(error, 'the worker')
  if (refused) return { code: refused.code, message: refused.message }
  if (!(error instanceof ORPCError)) return null
  const { code } = (error.data ?? {}) as { code?: unknown }
  return { code: typeof code === 'string' && isErrorCode(code) ? code : INTERNAL, message: error.message }
}

/** The same as an error, a bug with the place of its log. */
export const errorOf = ({ code, message }: ToldError, logFile: string): Error =>
  code === INTERNAL ? new Error(bugMessage(message, logFile)) : new GpoError(code, message)
