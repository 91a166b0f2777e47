/**
 * The process that works on text, as main sees it. It is started for the first task, does one after the other, and is ended where a task takes too
 * long; the next task gets a new one.
 */
import { jobLog } from '@main/paths'
import { type Fork, forkWorker, type WorkerExit, type WorkerProcess } from '@main/workers/fork'
import { GpoError } from '@shared/errors'
import { type Asked, answerSchema, type TextAnswer } from './messages'
import type { RunTextTask } from './run'
import type { InputOf, ResultOf, TextTask } from './tasks'

/** A process without tasks for this long is ended; milliseconds. */
const IDLE_MS = 3 * 60_000
/** Wall-clock time of one task. They end by themselves after some seconds, with what they have, unless code from a file holds them up. */
const LIMIT_MS = 30_000

export interface TextProcessOptions {
  readonly workerPath: string
  readonly fork?: Fork | undefined
  /** Milliseconds. */
  readonly limitMs?: number
}

export interface TextProcess {
  readonly run: RunTextTask
  close(): void
}

/** For whoever still waits when the program ends. */
const ENDING = { code: 'interrupted', message: 'The program is ending: ask again when it has started.' } as const

type Outcome = TextAnswer | 'late' | WorkerExit

/** What the code may have come from. */
function suspectOf({ task, input }: Asked): string {
  if (task === 'trial' || task === 'judge') return 'the verifier or its pattern'
  const folder = input.find((one) => typeof one === 'string')
  return `a chat template, a regular expression or the tokenizer of ${folder ?? 'the model'}`
}

const stopped = (asked: Asked, why: string): GpoError =>
  new GpoError('model', `The work on text was ended because it took ${why}. The cause is probably ${suspectOf(asked)}: use the files that the model's authors publish, or a simpler pattern.`) // biome-ignore format: one message

const isOutOfMemory = ({ lastWords, signal }: WorkerExit): boolean =>
  /out of memory|Allocation failed/.test(lastWords) || signal === 'SIGKILL'

function answerOf(raw: unknown): TextAnswer {
  const { data, error } = answerSchema.safeParse(raw)
  return data ?? { code: null, message: `the process for text sent what cannot be read: ${error?.message}` }
}

export function openTextProcess({
  workerPath,
  fork = forkWorker,
  limitMs = LIMIT_MS,
}: TextProcessOptions): TextProcess {
  let worker: WorkerProcess | null = null
  let tell: (outcome: Outcome) => void = () => {}
  let last: Promise<unknown> = Promise.resolve()
  let idle: NodeJS.Timeout | undefined
  let isClosed = false

  function started(): WorkerProcess {
    if (worker) return worker
    const made = fork(workerPath, jobLog('text'))
    worker = made
    made.onMessage((raw) => worker === made && tell(answerOf(raw)))
    made.onExit((exit) => {
      if (worker !== made) return // it was ended here
      worker = null
      tell(exit)
    })
    return made
  }

  function end(): void {
    clearTimeout(idle)
    const ended = worker
    worker = null
    ended?.kill()
  }

  async function outcomeOf(asked: Asked): Promise<Outcome> {
    let timer: NodeJS.Timeout | undefined
    clearTimeout(idle)
    try {
      return await new Promise<Outcome>((resolve) => {
        tell = resolve
        timer = setTimeout(() => resolve('late'), limitMs)
        started().send(asked)
      })
    } finally {
      clearTimeout(timer)
      idle = setTimeout(end, IDLE_MS).unref()
    }
  }

  async function ask<K extends TextTask>(asked: Asked<K>): Promise<ResultOf<K>> {
    const outcome = isClosed ? ENDING : await outcomeOf(asked)
    if (outcome === 'late') end()
    if (outcome === 'late') throw stopped(asked, `over ${limitMs / 1000} s`)
    if ('lastWords' in outcome)
      throw isOutOfMemory(outcome) ? stopped(asked, 'too much memory') : new Error(outcome.lastWords)
    if ('result' in outcome) return outcome.result as ResultOf<K> // as the same program's task made it
    throw outcome.code === null ? new Error(outcome.message) : new GpoError(outcome.code, outcome.message)
  }

  return {
    run<K extends TextTask>(task: K, ...input: InputOf<K>) {
      const answer = last.then(() => ask({ task, input }))
      last = answer.catch(() => {})
      return answer
    },
    close() {
      isClosed = true
      end()
      tell(ENDING)
    },
  }
}
