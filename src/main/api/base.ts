import type { Services } from '@main/host/services'
import { implement, ORPCError } from '@orpc/server'
import { contract } from '@shared/contract'
import { describeError, GpoError } from '@shared/errors'

/** The contract with what handlers work with. */
export const api = implement(contract).$context<Services>()

/** An expected failure keeps its message and code; of a bug only the message leaves the program, its stack goes to the log. */
export function toWireError(error: unknown, onBug: (error: unknown) => void): unknown {
  if (error instanceof ORPCError) return error
  if (error instanceof GpoError)
    return new ORPCError('GPO', { status: 422, message: error.message, data: { code: error.code } })
  onBug(error)
  return new ORPCError('INTERNAL_SERVER_ERROR', { message: describeError(error), data: { code: 'internal' } })
}
