/** `--inspect-trainer`: processes that compute listen for a debugger, on loopback only. Whoever reaches their port can run code as the user. */
import { basename } from 'node:path'
import { GpoError } from '@shared/errors'
import { shown } from '@shared/shown'
import type { Fork, WorkerProcess } from './fork'

export interface Inspection {
  /** Of the first process; those beside it take any that is free. 0 = any that is free. */
  readonly port: number
  /** Whether a process waits for the debugger before its first line. */
  readonly waits: boolean
}

export const INSPECT_FLAG = '--inspect-trainer'
/** Where debuggers look by themselves. */
export const DEFAULT_PORT = 9229

/** @throws {GpoError} 'usage' */
export function parsePort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new GpoError('usage', `${shown(text)} is not a port: write ${INSPECT_FLAG}=9230, or 0 for any that is free.`)
}

/**
 * `--inspect-trainer`, `--inspect-trainer=PORT` and the same with `-brk` among a program's arguments.
 * @returns null where there is none
 * @throws {GpoError} 'usage'
 */
export function inspectionOf(args: readonly string[]): Inspection | null {
  const found = args.map((arg) => /^--inspect-trainer(-brk)?(?:=(.*))?$/.exec(arg)).find((match) => match !== null)
  if (!found) return null
  const [, breaks, port] = found
  return { port: port === undefined ? DEFAULT_PORT : parsePort(port), waits: breaks !== undefined }
}

/** Looks for the line in which Node says where it listens; it may come in pieces. */
function addressFinder(found: (address: string) => void): (piece: Uint8Array) => void {
  let text = ''
  let isFound = false
  return (piece) => {
    if (isFound) return
    text += Buffer.from(piece).toString('utf8')
    const address = /Debugger listening on (ws:\/\/\S+)\s/.exec(text)?.[1]
    if (address === undefined) return
    isFound = true
    found(address)
  }
}

/** @param say tells a person where to attach; @returns `fork` with a debugger's port in every process */
export function inspected(fork: Fork, { port, waits }: Inspection, say: (text: string) => void): Fork {
  let holder: WorkerProcess | null = null
  return (workerPath, logFile) => {
    const name = basename(logFile, '.log')
    const wanted = holder === null ? port : 0
    const made = fork(workerPath, logFile, {
      execArgv: [`--inspect${waits ? '-brk' : ''}=127.0.0.1:${wanted}`],
      onComplaint: addressFinder((address) =>
        say(`${name}, process ${made.pid}, ${waits ? 'waits for a debugger at' : 'can be debugged at'} ${address}`),
      ),
    })
    holder ??= made
    return {
      get pid() {
        return made.pid
      },
      send: made.send,
      kill: made.kill,
      onMessage: made.onMessage,
      onExit: (listener) =>
        made.onExit((exit) => {
          if (holder === made) holder = null
          listener(exit)
        }),
    }
  }
}
