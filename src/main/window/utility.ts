/** Processes that compute, as Electron's utility processes: they have Node and no window. */
import { createLastWords, type Fork } from '@main/workers/fork'
import { utilityProcess } from 'electron'

export const forkUtility: Fork = (workerPath) => {
  const child = utilityProcess.fork(workerPath, [], { stdio: ['ignore', 'ignore', 'pipe'], serviceName: 'GPO trainer' })
  const words = createLastWords()
  child.stderr?.on('data', (text: Buffer) => words.note(text.toString('utf8')))
  let isGone = false
  let isKilled = false
  const waiting: unknown[] = []
  let isSpawned = false
  child.once('spawn', () => {
    isSpawned = true
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
        listener({ code, signal, lastWords: words.get() })
      })
    },
  }
}
