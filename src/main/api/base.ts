import type { Services } from '@main/api/services'
import { mapEventIterator } from '@orpc/client'
import { implement, ORPCError } from '@orpc/server'
import { contract } from '@shared/contract'
import { describeError, GpoError } from '@shared/errors'

/** An expected failure as an error for the window; anything else is returned unchanged. */
const wireErrorOf = (error: unknown): unknown =>
  error instanceof GpoError
    ? new ORPCError('GPO', { status: 422, message: error.message, data: { code: error.code } })
    : error

const isStream = (output: unknown): output is AsyncIteratorObject<unknown, unknown, void> =>
  typeof output === 'object' && output !== null && Symbol.asyncIterator in output && 'next' in output

/** The contract with the services that handlers use. A stream fails after its handler has returned, so its errors are converted here. */
export const api = implement(contract)
  .$context<Services>()
  .use(async ({ next }) => {
    const result = await next()
    if (!isStream(result.output)) return result
    const turned = { value: async (value: unknown) => value, error: async (error: unknown) => wireErrorOf(error) }
    return { ...result, output: mapEventIterator(result.output, turned) as typeof result.output }
  })

/** An expected failure keeps its message and code; of a bug only the message is sent, its stack goes to the log. */
export function toWireError(error: unknown, onBug: (error: unknown) => void): unknown {
  const known = wireErrorOf(error)
  if (known instanceof ORPCError) return known
  onBug(error)
  return new ORPCError('INTERNAL_SERVER_ERROR', { message: describeError(error), data: { code: 'internal' } })
}
