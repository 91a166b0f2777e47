/** Progress on standard error: on a terminal a bar with phase, rate and time left, elsewhere an occasional line. */
import type { TrainerEvent } from '@shared/schemas/events'
import { safeLine, safeText } from '@shared/shown'
import { SingleBar } from 'cli-progress'
import { formatPercent, formatSeconds } from './output'

export interface Progress {
  show(label: string, done: number, total: number, tokens: number, seconds: number, timeLeft?: number): void
  note(text: string): void
  end(): void
}

const QUIET_MS = 10_000
const MAX_LABEL = 400

function describe(label: string, tokens: number, seconds: number, timeLeft?: number): string {
  const rate = tokens > 0 && seconds > 0.2 ? ` ${Math.round(tokens / seconds).toLocaleString('en')} tok/s` : ''
  const left = timeLeft === undefined ? '' : `, ${formatSeconds(timeLeft)} left`
  return `${safeLine(label, MAX_LABEL)}${rate}${left}`
}

export function createProgress(): Progress {
  const stream = process.stderr
  if (!stream.isTTY) {
    let last = Number.NEGATIVE_INFINITY
    return {
      show(label, done, total, tokens, seconds, timeLeft) {
        if (performance.now() - last < QUIET_MS) return
        last = performance.now()
        stream.write(`${describe(label, tokens, seconds, timeLeft)} (${done}/${total})\n`)
      },
      note: (text) => void stream.write(`${safeText(text)}\n`),
      end: () => {},
    }
  }
  const bar = new SingleBar({
    format: '{bar} {value}/{total} {what}',
    stream,
    hideCursor: true,
    barsize: 24,
    clearOnComplete: true,
    linewrap: false,
  })
  let isOn = false
  return {
    show(label, done, total, tokens, seconds, timeLeft) {
      const what = describe(label, tokens, seconds, timeLeft)
      if (!isOn) bar.start(total, done, { what })
      isOn = true
      bar.setTotal(total)
      bar.update(done, { what })
    },
    note(text) {
      if (isOn) bar.stop()
      isOn = false
      stream.write(`${safeText(text)}\n`)
    },
    end() {
      if (isOn) bar.stop()
      isOn = false
    },
  }
}

/** Follows a run's events. @param from iterations done before */
export function runProgress(progress: Progress, iterations: number, from: number): (event: TrainerEvent) => void {
  const begin = performance.now()
  let done = from
  return (event) => {
    if (event.type === 'phase') {
      const perIteration = done > from ? (performance.now() - begin) / 1000 / (done - from) : null
      const timeLeft = perIteration === null ? undefined : perIteration * (iterations - done)
      const label = event.iteration === 0 ? event.phase : `iteration ${event.iteration}/${iterations} ${event.phase}`
      progress.show(label, event.done, event.total, event.tokens, event.seconds, timeLeft)
    } else if (event.type === 'held')
      progress.note(event.reason === null ? 'the run goes on' : `paused: ${event.reason}`)
    else if (event.type === 'metrics') done = event.iteration
    else if (event.type === 'evaluation') {
      const { iteration, accuracy, correct, n } = event
      progress.note(
        `evaluation ${iteration === 0 ? 'before training' : `after iteration ${iteration}`}: ${formatPercent(accuracy)} correct (${correct} of ${n})`,
      )
    }
  }
}
