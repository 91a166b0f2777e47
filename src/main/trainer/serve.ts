/** Serves a contract to the parent. The process ends when it is told to, and when its parent goes away. */
import { ORPCError, onError, type Router } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import { INFINITIES } from '../workers/infinities'
import { unreadable } from '../workers/wire-error'
import { parentPort } from './parent-port'
import { reportError } from './report-error'

/** What a handler threw; a request that is refused by the contract has its cause in it. */
const told = (error: unknown) => reportError(unreadable(error, 'the main process') ?? error)

// biome-ignore lint/suspicious/noExplicitAny: every router fits; its own contract types it where it is made
export function serve(router: Router<any, Record<never, never>>): void {
  const handler = new RPCHandler(router, {
    interceptors: [
      onError((error) => {
        throw told(error)
      }),
    ],
    customJsonSerializers: INFINITIES,
  })
  handler.upgrade(parentPort)
  // Ctrl-C reaches the whole process group; the parent decides what it means.
  process.on('SIGINT', () => {})
  process.on('disconnect', () => process.exit(0))
}

/** Ends the process; main has said that it has everything. */
export const end = (): void => void setImmediate(() => process.exit(0))

/** A stream's failure comes after its handler has returned: it is told here. */
async function* reported<Told, Result>(stream: AsyncGenerator<Told, Result>): AsyncGenerator<Told, Result> {
  try {
    return yield* stream
  } catch (error) {
    throw error instanceof ORPCError ? error : reportError(error)
  }
}

/** What `work` tells, in batches: what came while the batch before was on its way; then its result. */
async function* batched<Told, Result>(work: (tell: (told: Told) => void) => Promise<Result>) {
  let waiting: Told[] = []
  let isDone = false
  let wake = () => {}
  const tell = (told: Told) => {
    waiting.push(told)
    wake()
  }
  const result = work(tell).finally(() => {
    isDone = true
    wake()
  })
  result.catch(() => {}) // awaited below, after what was told
  while (!isDone || waiting.length > 0) {
    const batch = waiting
    waiting = []
    if (batch.length > 0) yield batch
    else
      await new Promise<void>((resolve) => {
        wake = resolve
      })
  }
  return await result
}

export const streamed = <Told, Result>(work: (tell: (told: Told) => void) => Promise<Result>) =>
  reported<Told[], Result>(batched(work))
