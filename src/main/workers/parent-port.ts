/** The way to the parent: Node's own channel to a child process, or the port of an Electron utility process, as one message port. */
import type { MessagePortMainLike } from '@orpc/client/message-port'

/** What Electron adds to `process` in a utility process. */
interface UtilityPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void
}

const utility = (process as unknown as { readonly parentPort?: UtilityPort }).parentPort

export const parentPort: MessagePortMainLike = {
  postMessage(message) {
    if (utility) utility.postMessage(message)
    else process.send?.(message)
  },
  on(event, callback) {
    if (event === 'close') process.on('disconnect', () => callback())
    else if (utility) utility.on('message', ({ data }) => callback({ data }))
    else process.on('message', (data) => callback({ data }))
  },
}
