/** Serves a contract to the parent. The process ends on request, or when its parent ends (in the midst of work, `watchdog.ts` sees to that). */
import { ORPCError, onError, type Router } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import { INFINITIES } from '../workers/infinities'
import { parentPort } from '../workers/parent-port'
import { unreadable } from '../workers/wire-error'
import { reportError } from './report-error'

/** The error that a handler threw; for an invalid request, the cause. */
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
  // Ctrl-C reaches the whole process group; the parent decides what to do.
  process.on('SIGINT', () => {})
  process.on('disconnect', () => process.exit(0))
}

/** Ends the process, after main has confirmed that it received everything. */
export const end = (): void => void setImmediate(() => process.exit(0))

/** A stream fails after its handler has returned, so its errors are reported here. */
async function* reported<Told, Result>(stream: AsyncGenerator<Told, Result>): AsyncGenerator<Told, Result> {
  try {
    return yield* stream
  } catch (error) {
    throw error instanceof ORPCError ? error : reportError(error)
  }
}

/** The events of `work` in batches of those that occurred while the previous batch was being sent; then its result. */
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
  result.catch(() => {}) // awaited below, after the events
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
