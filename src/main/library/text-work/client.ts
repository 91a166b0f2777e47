/** The process that works on text, as main sees it. */
import { jobLog } from '@main/paths'
import type { Fork } from '@main/workers/fork'
import { openTaskProcess } from '@main/workers/one-task-client'
import { GpoError } from '@shared/errors'
import type { Asked } from './messages'
import type { RunTextTask } from './run'
import type { InputOf, ResultOf, TextTask } from './tasks'

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

/** What the code may have come from. */
function suspectOf({ task, input }: Asked): string {
  if (task === 'trial' || task === 'judge') return 'the verifier or its pattern'
  const folder = input.find((one) => typeof one === 'string')
  return `a chat template, a regular expression or the tokenizer of ${folder ?? 'the model'}`
}

const stopped = (asked: Asked, why: string): GpoError =>
  new GpoError('model', `The work on text was ended because it took ${why}. The cause is probably ${suspectOf(asked)}: use the files that the model's authors publish, or a simpler pattern.`) // biome-ignore format: one message

export function openTextProcess({ workerPath, fork, limitMs = LIMIT_MS }: TextProcessOptions): TextProcess {
  const worker = openTaskProcess({ workerPath, fork, logFile: () => jobLog('text'), idleMs: IDLE_MS })
  return {
    async run<K extends TextTask>(task: K, ...input: InputOf<K>) {
      const asked = { task, input }
      const limit = { ms: limitMs, stopped: (why: string) => stopped(asked, why) }
      return (await worker.alone((ask) => ask(asked, limit))) as ResultOf<K> // as the same program's task made it
    },
    close: worker.close,
  }
}
