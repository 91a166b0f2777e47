/** Reads a bundle in a process of its own, which is ended where it takes too much time or memory. Main never parses someone else's bundle. */
import { basename } from 'node:path'
import { jobLog } from '@main/paths'
import { type Fork, forkWorker, type WorkerExit } from '@main/workers/fork'
import { GpoError } from '@shared/errors'
import type { BundlePart, BundleReader } from '../read-bundle'
import { type Answer, type Asked, answerSchema } from './messages'

/** Wall-clock time of one answer: to open a bundle, or to read one of its files; milliseconds. */
const LIMIT_MS = 120_000

export interface BundleProcessOptions {
  readonly workerPath: string
  readonly fork?: Fork | undefined
  /** Milliseconds. */
  readonly limitMs?: number
}

type Header = Omit<BundleReader, 'parts' | 'close'>

const ended = (path: string, why: string): GpoError =>
  new GpoError(
    'data',
    `The reading of ${basename(path)} was ended because it took ${why}: it is damaged or not a run bundle; get a new copy (${path})`,
  )

function whyEnded({ lastWords, signal }: WorkerExit): string | null {
  return /out of memory|Allocation failed/.test(lastWords) || signal !== null ? 'too much memory' : null
}

/** @throws {GpoError} 'data' saying what is wrong with the bundle */
export async function readBundleApart(
  path: string,
  { workerPath, fork = forkWorker, limitMs = LIMIT_MS }: BundleProcessOptions,
): Promise<BundleReader> {
  const worker = fork(workerPath, jobLog('bundle'))
  let tell: (outcome: Answer | WorkerExit | 'late') => void = () => {}
  let exit: WorkerExit | null = null
  worker.onMessage((raw) => {
    const { data, error } = answerSchema.safeParse(raw)
    tell(data ?? { code: null, message: `the process that reads bundles sent what cannot be read: ${error?.message}` })
  })
  worker.onExit((gone) => {
    exit = gone
    tell(gone)
  })

  async function outcomeOf(asked: Asked): Promise<Answer | WorkerExit | 'late'> {
    let timer: NodeJS.Timeout | undefined
    try {
      return await new Promise((resolve) => {
        tell = resolve
        timer = setTimeout(() => resolve('late'), limitMs)
        if (exit) resolve(exit)
        else worker.send(asked)
      })
    } finally {
      clearTimeout(timer)
    }
  }

  async function ask(asked: Asked): Promise<unknown> {
    const outcome = await outcomeOf(asked)
    if (outcome === 'late') throw ended(path, `over ${limitMs / 1000} s`)
    if ('value' in outcome) return outcome.value
    if ('lastWords' in outcome) {
      const why = whyEnded(outcome)
      throw why === null ? new Error(outcome.lastWords) : ended(path, why)
    }
    throw outcome.code === null ? new Error(outcome.message) : new GpoError(outcome.code, outcome.message)
  }

  async function* parts(): AsyncGenerator<BundlePart, void> {
    for (;;) {
      const part = (await ask({ do: 'next' })) as BundlePart | null // as the same program read it
      if (part === null) return
      yield part
    }
  }

  try {
    const header = (await ask({ do: 'open', path })) as Header // as the same program read it
    return { ...header, parts, close: async () => worker.kill() }
  } catch (error) {
    worker.kill()
    throw error
  }
}
