/** A process beside the trainer that answers main, one request after the other, and may be ended at any time. */
import { setFlagsFromString } from 'node:v8'
import { describeError, type ErrorCode, GpoError } from '@shared/errors'
import { parentPort } from './parent-port'
import { dieWithParent } from './watchdog'

/** What went wrong; `code` is null for a bug. */
export interface Failure {
  readonly code: ErrorCode | null
  readonly message: string
}

export interface OneTaskOptions<Asked> {
  /** In lists of processes. */
  readonly title: string
  readonly maxHeapMb: number
  readonly answer: (asked: Asked) => Promise<{ readonly value: unknown }>
}

/** Call this first in the entry of the process. Main asks for one thing at a time; what `answer` throws is sent as a `Failure`. */
export function serveOneTask<Asked>({ title, maxHeapMb, answer }: OneTaskOptions<Asked>): void {
  dieWithParent()
  process.title = title
  setFlagsFromString(`--max-old-space-size=${maxHeapMb}`)
  process.on('SIGINT', () => {}) // Ctrl-C reaches the whole process group; the parent decides
  process.on('disconnect', () => process.exit(0))
  parentPort.on('message', (event) => {
    const asked = event?.data as Asked // main and this process are one program
    void answer(asked)
      .catch(failureOf)
      .then((told) => parentPort.postMessage(told))
  })
}

function failureOf(error: unknown): Failure {
  if (error instanceof GpoError) return { code: error.code, message: describeError(error) }
  console.error(error)
  return { code: null, message: describeError(error) }
}
