/**
 * The server of a job process: it runs one job, or generates with one model as long as there are requests. It does not know the database or the
 * window.
 */
import { examine } from '@engine/devices/choose'
import { implement } from '@orpc/server'
import { type JobProgress, jobsContract } from '../workers/contract'
import { continueTrajectory } from './jobs/continue'
import { findCritical } from './jobs/critical'
import { evaluateModel } from './jobs/evaluate'
import { exportWeights } from './jobs/export'
import { overlayTokens } from './jobs/overlay'
import { probePlan } from './jobs/probe'
import { scoreText } from './jobs/score'
import { createPlayground } from './playground'
import { end, serve, streamed } from './serve'

const REPORT_INTERVAL_MS = 200

type Report = (label: string, done: number, total: number, tokens: number) => void

/** Progress of each label, a few times a second, and always its first and last. */
function reportTo(tell: (progress: JobProgress) => void): Report {
  let label = ''
  let begin = 0
  let last = 0
  return (next, done, total, tokens) => {
    const now = performance.now()
    if (next !== label) {
      label = next
      begin = now
    } else if (done < total && now - last < REPORT_INTERVAL_MS) return
    last = now
    tell({ type: 'progress', label, done, total, tokens, seconds: (now - begin) / 1000 })
  }
}

type Told<Item> = JobProgress | { type: 'item'; value: Item }

/** A job that reports progress. */
const reporting = <Result>(work: (report: Report) => Promise<Result>) =>
  streamed<JobProgress, Result>((tell) => work(reportTo(tell)))

/** A job that finds items one after the other. */
const finding = <Item, Result>(work: (found: (value: Item) => void, report: Report) => Promise<Result>) =>
  streamed<Told<Item>, Result>((tell) => work((value) => tell({ type: 'item', value }), reportTo(tell)))

/** Main checks what it gets. */
const api = implement(jobsContract, { initialOutputValidationIndex: Number.NaN })
const playground = createPlayground()

serve(
  api.router({
    evaluate: api.evaluate.handler(({ input }) => finding((found, report) => evaluateModel(input, found, report))),
    critical: api.critical.handler(({ input }) => finding((found, report) => findCritical(input, found, report))),
    continue: api.continue.handler(({ input }) => finding((found, report) => continueTrajectory(input, found, report))),
    overlay: api.overlay.handler(({ input }) => finding((found, report) => overlayTokens(input, found, report))),
    score: api.score.handler(({ input }) => reporting(() => scoreText(input))),
    export: api.export.handler(({ input }) => reporting((report) => exportWeights(input, report))),
    probe: api.probe.handler(({ input }) => reporting((report) => probePlan(input, report))),
    doctor: api.doctor.handler(() => reporting(() => examine())),
    generate: api.generate.handler(({ input }) => finding((found) => playground.generate(input, found))),
    stopGenerating: api.stopGenerating.handler(playground.stop),
    end: api.end.handler(end),
  }),
)
