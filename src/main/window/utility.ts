/** Worker processes as Electron utility processes, which have Node and no window. */
import { join } from 'node:path'
import { decodeParquetBy } from '@main/library/datasets/read/decoder'
import { type Fork, recordOutput } from '@main/workers/fork'
import { utilityProcess } from 'electron'

export const forkUtility: Fork = (workerPath, logFile, { execArgv = [], onComplaint } = {}) => {
  const child = utilityProcess.fork(workerPath, [], {
    execArgv: [...execArgv],
    stdio: ['ignore', 'pipe', 'pipe'],
    serviceName: 'GPO trainer',
  })
  const output = recordOutput(logFile, onComplaint)
  child.stdout?.on('data', output.printed)
  child.stderr?.on('data', output.complained)
  let isGone = false
  let isKilled = false
  const waiting: unknown[] = []
  let isSpawned = false
  child.once('spawn', () => {
    isSpawned = true
    output.began(child.pid ?? null)
    for (const message of waiting) child.postMessage(message)
  })
  return {
    get pid() {
      return child.pid ?? null
    },
    send(message) {
      if (isGone) return
      if (isSpawned) child.postMessage(message)
      else waiting.push(message)
    },
    kill() {
      isKilled = true
      if (child.pid === undefined) child.kill()
      else
        try {
          process.kill(child.pid, 'SIGKILL')
        } catch {} // it has ended meanwhile
    },
    onMessage: (listener) => void child.on('message', listener),
    onExit(listener) {
      child.once('exit', (code) => {
        isGone = true
        const signal = isKilled || code === 9 || code === 137 ? 'SIGKILL' : null
        listener({ code, signal, lastWords: output.ended(code, signal) })
      })
    },
  }
}

/** @param folder of the built entries */
export const decodeParquetInUtility = (folder: string): void =>
  decodeParquetBy(forkUtility, join(folder, 'parquet-worker.cjs'))
