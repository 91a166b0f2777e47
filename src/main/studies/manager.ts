/** The studies that this program conducts: one at a time, their runs in the queue of all runs. Tells listeners what has changed. */
import type { ReadyRun } from '@main/runs/lifecycle'
import type { RunManager } from '@main/runs/manager'
import { withStartingModel } from '@main/runs/starting-model'
import type { Store } from '@main/store/query'
import { getStudy, getStudyHead, setWaiting, studyOfRun } from '@main/store/studies'
import type { Fork } from '@main/workers/fork'
import type { LiveEvent } from '@shared/contract/runs'
import type { StudyEvent } from '@shared/contract/studies'
import { GpoError } from '@shared/errors'
import { createHub } from '@shared/event-hub'
import { guarded } from '@shared/guarded'
import { conductStudy } from './conduct'
import { recoverStudies } from './recover'

export interface StudyManager {
  /** Starts or continues a study, behind the one that is running. @throws {GpoError} 'usage' if it runs already, or is done */
  resume(id: string): void
  /** After the running iteration; one that waits leaves the queue. @throws {GpoError} 'usage' if it is not running here */
  pause(id: string): void
  /** The study that is being conducted here. */
  active(): string | null
  listen(signal: AbortSignal | undefined): AsyncGenerator<StudyEvent, void>
  /** Tells listeners that the list of studies changed. */
  announce(): void
  /** Pauses the running study; before the runs are closed. */
  close(): Promise<void>
}

export interface StudyManagerOptions {
  readonly store: Store
  readonly runs: RunManager
  /** Built entry of the process that runs one job. */
  readonly jobWorkerPath: string
  readonly fork?: Fork
  /** Called with bugs; expected failures are recorded as the study's end. */
  readonly onBug: (error: unknown) => void
}

interface Active {
  readonly id: string
  isPausing: boolean
  /** The run that is driven or waits for its turn. */
  run: string | null
  ended: Promise<void>
}

export function createStudyManager({ store, runs, jobWorkerPath, fork, onBug }: StudyManagerOptions): StudyManager {
  const hub = createHub<StudyEvent>()
  const ending = new AbortController()
  let active: Active | null = null
  let queue: string[] = []
  const announce = () => hub.publish({ type: 'studies' })

  function drive(own: Active, ready: ReadyRun) {
    own.run = ready.run.id
    return runs.drive(ready).finally(() => {
      own.run = null
    })
  }

  function next(): void {
    const id = queue[0]
    if (active || id === undefined || ending.signal.aborted) return
    queue = queue.slice(1)
    const own: Active = { id, isPausing: false, run: null, ended: Promise.resolve() }
    active = own
    own.ended = conductStudy(store, id, {
      isPausing: () => own.isPausing,
      onChange: announce,
      prepare: (plan) => withStartingModel({ store, plan, workerPath: jobWorkerPath, fork }),
      drive: (ready) => drive(own, ready),
    })
      .catch((error) => {
        if (!(error instanceof GpoError)) onBug(error)
      })
      .finally(() => {
        active = null
        announce()
        next()
      })
  }

  function pauseActive(own: Active): void {
    own.isPausing = true
    if (own.run !== null) runs.stop(own.run)
  }

  void follow()

  /** What a run has recorded changes its study. Another program's runs and studies are seen through the runs too. */
  async function follow(): Promise<void> {
    const take = guarded(onBug, (event: LiveEvent) => {
      if (event.type === 'recorded') {
        const study = studyOfRun(store, event.run)
        if (study !== null) hub.publish({ type: 'recorded', study })
      } else if (event.type === 'runs') {
        recoverStudies(store)
        announce()
      }
    })
    for await (const event of runs.listen(ending.signal)) take(event)
  }

  return {
    resume(id) {
      const { state, name } = getStudy(store, id)
      if (active?.id === id || queue.includes(id) || state === 'running')
        throw new GpoError('usage', `The study ${name} is running already.`)
      if (state === 'done') throw new GpoError('usage', `The study ${name} is done: all of its runs have ended.`)
      setWaiting(store, id, 'queued')
      queue = [...queue, id]
      announce()
      next()
    },
    pause(id) {
      if (active?.id === id) return pauseActive(active)
      const { state, name } = getStudyHead(store, id)
      if (state === 'running') throw new GpoError('usage', `The study ${name} runs in another program: pause it there.`)
      if (state !== 'queued') throw new GpoError('usage', `The study ${name} is ${state}, not running.`)
      queue = queue.filter((one) => one !== id)
      setWaiting(store, id, 'paused')
      announce()
    },
    active: () => active?.id ?? null,
    async *listen(signal) {
      // Listens before the first yield, so that no event is missed in between.
      const events = hub.listen(signal, (waiting, event) =>
        JSON.stringify(waiting) === JSON.stringify(event) ? event : null,
      )
      yield { type: 'studies' }
      yield* events
    },
    announce,
    async close() {
      ending.abort()
      const own = active
      if (!own) return
      pauseActive(own)
      await own.ended
    },
  }
}
