/** The way to the parent: Node's own channel to a child process, or the port of an Electron utility process. */

/** What Electron adds to `process` in a utility process. */
interface UtilityPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void
}

const utility = (process as unknown as { readonly parentPort?: UtilityPort }).parentPort

/** Messages of a utility process are handed over by another thread; milliseconds. */
const HANDED_OVER = 100

export function post(message: unknown): void {
  if (utility) utility.postMessage(message)
  else process.send?.(message)
}

/** Waits until the message is handed over, so that ending the process loses nothing. */
export function postAndWait(message: unknown): Promise<void> {
  return new Promise((resolve) => {
    if (utility) {
      utility.postMessage(message)
      setTimeout(resolve, HANDED_OVER)
    } else if (process.send) process.send(message, undefined, undefined, () => resolve())
    else resolve()
  })
}

export function onPost(listener: (message: unknown) => void): void {
  if (utility) utility.on('message', ({ data }) => listener(data))
  else process.on('message', listener)
}
