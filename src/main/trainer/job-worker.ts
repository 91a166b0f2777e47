/** The process that runs one job and ends. Like the trainer it knows no database and no window. */
import { examine } from '@engine/devices/choose'
import { GpoError } from '@shared/errors'
import { type Job, type JobReply, jobSchema } from '../workers/job'
import { type Generations, serveGenerations } from './generations'
import { continueTrajectory } from './jobs/continue'
import { findCritical } from './jobs/critical'
import { evaluateModel } from './jobs/evaluate'
import { exportWeights } from './jobs/export'
import { probePlan } from './jobs/probe'
import { scoreText } from './jobs/score'
import { onPost, post, postAndWait } from './parent-port'
import { reportError } from './report-error'

const send = (reply: JobReply): Promise<void> => postAndWait(reply)

const REPORT_INTERVAL_MS = 200

function progressReporter() {
  let label = ''
  let begin = 0
  let last = 0
  return (next: string, done: number, total: number, tokens: number) => {
    const now = performance.now()
    if (next !== label) {
      label = next
      begin = now
    } else if (done < total && now - last < REPORT_INTERVAL_MS) return
    last = now
    post({ type: 'progress', label, done, total, tokens, seconds: (now - begin) / 1000 })
  }
}

function perform(job: Exclude<Job, { kind: 'generate' }>): Promise<unknown> {
  const onProgress = progressReporter()
  switch (job.kind) {
    case 'evaluate':
      return evaluateModel(job, onProgress)
    case 'critical':
      return findCritical(job, (value) => post({ type: 'item', value }), onProgress)
    case 'continue':
      return continueTrajectory(job, (value) => post({ type: 'item', value }), onProgress)
    case 'score':
      return scoreText(job)
    case 'export':
      return exportWeights(job, onProgress)
    case 'probe':
      return probePlan(job, onProgress)
    case 'doctor':
      return examine()
  }
}

let isStarted = false
let generations: Generations | null = null
onPost((raw) => {
  generations?.take(raw)
  if (isStarted) return
  isStarted = true
  const job = jobSchema.safeParse(raw)
  if (job.success && job.data.kind === 'generate') {
    generations = serveGenerations(job.data, send)
    generations.take(raw)
    return
  }
  const run = async () => {
    if (!job.success) throw new GpoError('usage', `the job cannot be read: ${job.error.issues[0]?.message}`)
    if (job.data.kind === 'generate') return // served above
    await send({ type: 'result', value: await perform(job.data) })
  }
  run()
    .catch((error: unknown) => send({ type: 'failed', ...reportError(error) }))
    .finally(() => process.exit(0))
})
process.on('SIGINT', () => {})
process.on('disconnect', () => process.exit(0))
