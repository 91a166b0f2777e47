/** Brings an adapter to a server that does not see this machine's disk, by the command that the person has set for it. */
import { execFile } from 'node:child_process'
import { copyWords } from '@shared/engines/copy-command'
import { shown } from '@shared/shown'
import { EngineError } from './engine'

/** @param from folder here @param to folder on the server @throws {EngineError} with what the command said */
export async function copyFolder(command: string, from: string, to: string, signal: AbortSignal): Promise<void> {
  const [program = '', ...args] = copyWords(command, from, to)
  await new Promise<void>((resolve, reject) => {
    execFile(program, args, { signal, maxBuffer: 2 ** 20 }, (error, _, stderr) => {
      if (!error) return resolve()
      const why = signal.aborted ? 'took too long' : shown(stderr.trim() || error.message, 300)
      reject(
        new EngineError(`the adapter could not be copied with ${shown([program, ...args].join(' '), 200)}: ${why}`),
      )
    })
  })
}
