/** Keeps one model open and generates with it, one request at a time. */
import type { GeneratedText, GeneratedToken } from '@shared/contract/playground'
import type { JobOf } from '../workers/job'
import { openTextGenerator, type TextGenerator } from './jobs/generate'

/** A process without requests for this long ends; milliseconds. */
const IDLE_MS = 15 * 60 * 1000

type GenerateJob = JobOf<'generate'>

export interface Playground {
  /** Every request is for the same model. */
  generate(job: GenerateJob, onToken: (token: GeneratedToken) => void): Promise<GeneratedText>
  /** Ends the current request at the next token. */
  stop(): void
}

export function createPlayground(): Playground {
  let isStopped = false
  let opened: Promise<TextGenerator> | null = null
  let work: Promise<unknown> = Promise.resolve()
  let idle: NodeJS.Timeout | undefined

  async function open({ model, backend }: GenerateJob): Promise<TextGenerator> {
    opened ??= openTextGenerator(model, backend)
    try {
      return await opened
    } catch (error) {
      opened = null // so that a repaired model can be opened again
      throw error
    }
  }

  async function perform(job: GenerateJob, onToken: (token: GeneratedToken) => void): Promise<GeneratedText> {
    isStopped = false
    clearTimeout(idle)
    try {
      const generator = await open(job)
      return await generator.generate(job.request, onToken, () => isStopped)
    } finally {
      idle = setTimeout(() => process.exit(0), IDLE_MS)
    }
  }

  return {
    generate(job, onToken) {
      const made = work.then(() => perform(job, onToken))
      work = made.catch(() => {})
      return made
    },
    stop() {
      isStopped = true
    },
  }
}
