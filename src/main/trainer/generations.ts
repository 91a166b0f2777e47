/** The worker's side of a playground: keeps one model open and generates with it, one request after the other. */
import { type JobOf, type JobReply, jobSchema } from '../workers/job'
import { openTextGenerator, type TextGenerator } from './jobs/generate'
import { reportError } from './report-error'

/** A process that nobody asks for so long ends by itself; milliseconds. */
const IDLE_MS = 15 * 60 * 1000

type GenerateJob = JobOf<'generate'>

export interface Generations {
  /** Another request for the same model, or `{kind: 'stop'}` for the one that is at work. */
  take(raw: unknown): void
}

export function serveGenerations(
  { model, backend }: GenerateJob,
  send: (reply: JobReply) => Promise<void>,
): Generations {
  let isStopped = false
  let opened: Promise<TextGenerator> | null = null
  let work: Promise<unknown> = Promise.resolve()
  let idle = setTimeout(() => process.exit(0), IDLE_MS)

  async function perform(job: GenerateJob): Promise<void> {
    isStopped = false
    clearTimeout(idle)
    try {
      opened ??= openTextGenerator(model, backend)
      const generator = await opened.catch((error) => {
        opened = null // so that a repaired model can be tried again
        throw error
      })
      const value = await generator.generate(
        job.request,
        (token) => void send({ type: 'item', value: token }),
        () => isStopped,
      )
      await send({ type: 'result', value })
    } catch (error) {
      await send({ type: 'failed', ...reportError(error) })
    }
    idle = setTimeout(() => process.exit(0), IDLE_MS)
  }

  return {
    take(raw) {
      if ((raw as { kind?: unknown } | null)?.kind === 'stop') {
        isStopped = true
        return
      }
      const parsed = jobSchema.safeParse(raw)
      if (parsed.success && parsed.data.kind === 'generate') {
        const job = parsed.data
        work = work.then(() => perform(job))
      } else void send({ type: 'failed', code: 'usage', message: 'the request to generate cannot be read' })
    },
  }
}
