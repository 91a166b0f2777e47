/**
 * The log of a worker process: everything it printed and every error it threw, newest last. Main writes each piece of output as it arrives, so
 * that a crash or a kill loses nothing that was printed. Two files of bounded size.
 */
import {
  appendFileSync,
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'

/** Largest size of one file in bytes; the previous file is kept as well. */
export const MAX_LOG_BYTES = 1_000_000

/** A link in the place of a log is not followed: the folder may be someone else's. Windows does not know the flag. */
const NO_LINK = constants.O_NOFOLLOW ?? 0
/** A named pipe in its place is not waited for. */
const NO_WAIT = constants.O_NONBLOCK ?? 0
const APPEND = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | NO_LINK | NO_WAIT

/** The previous log file. */
export const olderLog = (file: string): string => `${file}.1`

export interface WorkerLog {
  /** If the log cannot be written, it is silently dropped, because the work matters more. */
  write(text: string | Uint8Array): void
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

function append(file: string, text: string | Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true })
  if (sizeOf(file) + text.length > MAX_LOG_BYTES) renameSync(file, olderLog(file))
  appendFileSync(file, text, { flag: APPEND as unknown as string }) // Node takes numbers, its types do not say so
}

export const openLog = (file: string): WorkerLog => ({
  write(text) {
    try {
      append(file, text)
    } catch {}
  },
})

/** A message for a person: what happened, and the path of the log. */
export const bugMessage = (message: string, file: string): string =>
  `${message.replace(/[.\s]+$/, '')}. The log has more: ${file}`

/** The last bytes of a file; empty if there is none. */
function endOf(file: string, bytes: number): Buffer {
  try {
    const handle = openSync(file, constants.O_RDONLY | NO_LINK | NO_WAIT)
    try {
      const { size } = fstatSync(handle)
      const end = Buffer.alloc(Math.min(size, bytes))
      return end.subarray(0, readSync(handle, end, 0, end.length, size - end.length))
    } finally {
      closeSync(handle)
    }
  } catch {
    return Buffer.alloc(0)
  }
}

export interface LogText {
  readonly text: string
  /** Whether something older is left out. */
  readonly isCut: boolean
}

/** The end of a log, starting at a line, read across both files; empty if there is none. */
export function readLog(file: string, maxBytes = 2 * MAX_LOG_BYTES): LogText {
  const newer = endOf(file, maxBytes)
  const all = Buffer.concat([endOf(olderLog(file), maxBytes - newer.length), newer])
  const isCut = all.length < sizeOf(file) + sizeOf(olderLog(file))
  const text = all.toString('utf8')
  return { text: isCut ? text.slice(text.indexOf('\n') + 1) : text, isCut }
}
