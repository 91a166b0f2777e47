/** The runs that this program drives: one at a time, the others wait. Sends events to all listeners. */
import type { KeyOf } from '@main/servers/access'
import type { Store } from '@main/store/query'
import { hiddenRuns, shiftHidden } from '@main/store/run-notes'
import { deleteRun, getRun, getRunSummary, listRuns, queueRun } from '@main/store/runs'
import type { Trainer } from '@main/workers/client'
import type { Fork } from '@main/workers/fork'
import type { ActiveRun, LiveEvent, LiveState, RecordedKind } from '@shared/contract/runs'
import { describeError, GpoError } from '@shared/errors'
import { createHub } from '@shared/event-hub'
import { guarded } from '@shared/guarded'
import { isEvaluated } from '@shared/plan/evaluated'
import type { TrainerEvent } from '@shared/schemas/events'
import type { Plan } from '@shared/schemas/plan'
import type { RunRecord } from '@shared/schemas/run'
import { watchClock } from './clock-jumps'
import { removeRunFiles } from './files'
import type { SameInputs } from './fingerprints'
import { beginRun, driveRun, type ReadyRun, readyRun } from './lifecycle'
import { afterEvent, beginLive, type LiveRun } from './live-state'
import { type ResumeOptions, recoverInterrupted } from './prepare'

export interface RunManager {
  /** Checks data and model first. @returns the run's id @throws {GpoError} what is wrong with the plan */
  start(plan: Plan): Promise<string>
  /**
   * Resumes a paused run; starts or queues a stopped, interrupted, failed or queued one.
   * @returns sentences on what changed since it began, and warnings about its plan
   * @throws {GpoError} 'changed' when its data, weights, tokenizer or adapter have changed
   */
  resume(id: string, options?: SameInputs & ResumeOptions): Promise<readonly string[]>
  /**
   * Queues a run and follows it to its end, or until it is taken out of the queue; then it has the status it had.
   * @throws {GpoError} 'usage' if it is queued already, and what keeps it from being driven
   */
  drive(ready: ReadyRun): Promise<RunRecord>
  pause(id: string): void
  /** After the current iteration, or `now`, without what it has sampled; a waiting run leaves the queue. */
  stop(id: string, now?: boolean): void
  /** Moves a waiting run to the front. */
  startNext(id: string): void
  checkpointNow(id: string): void
  evaluateNow(id: string): void
  state(): LiveState
  listen(signal: AbortSignal | undefined): AsyncGenerator<LiveEvent, void>
  /** Tells listeners that the list of runs changed. */
  announceRuns(): void
  /** Deletes runs that have been hidden for longer than `ageMs`. */
  purge(ageMs: number): void
  /** Stops the active run at its next safe point and waits for it. */
  close(): Promise<void>
}

export interface ManagerOptions {
  readonly store: Store
  readonly workerPath: string
  readonly fork?: Fork
  /** Keys of sampling servers; absent: those of the environment. */
  readonly keyOf?: KeyOf
  /** Called with bugs; expected failures are recorded as the run's end. */
  readonly onBug: (error: unknown) => void
}

interface Active {
  live: LiveRun
  trainer: Trainer | null
  readonly ended: Promise<void>
}

/** Shortest time between two state events, in milliseconds. */
const STATE_INTERVAL = 100
const WATCH_INTERVAL = 1000

/** Who waits for a run's end. */
interface Follower {
  readonly resolve: (run: RunRecord) => void
  readonly reject: (error: unknown) => void
}

const recordedKind = (event: TrainerEvent): RecordedKind | null =>
  event.type === 'phase' ||
  event.type === 'obeyed' ||
  event.type === 'held' ||
  event.type === 'finished' ||
  event.type === 'failed'
    ? null
    : event.type

export function createRunManager({ store, workerPath, fork, keyOf, onBug }: ManagerOptions): RunManager {
  const hub = createHub<LiveEvent>()
  let active: Active | null = null
  let queue: string[] = []
  let isClosing = false
  let stateTimer: NodeJS.Timeout | null = null
  const jumpOf = watchClock()
  /** The time, as if the clock had not been set since this program started: differences are durations. */
  const started = Date.now() - performance.now()
  const steadyNow = () => started + performance.now()
  const followers = new Map<string, Follower>()
  /** How waiting runs are to be resumed. */
  const wanted = new Map<string, ResumeOptions>()

  /** @param failure what kept it from being driven */
  const leave = (id: string, failure: { readonly error: unknown } | null = null) => {
    const follower = followers.get(id)
    followers.delete(id)
    try {
      if (failure) throw failure.error
      follower?.resolve(getRun(store, id))
    } catch (error) {
      follower?.reject(error)
    }
  }

  const state = (): LiveState => ({ active: active?.live.active ?? null, queue })
  const announceState = () => {
    if (stateTimer) clearTimeout(stateTimer)
    stateTimer = null
    hub.publish({ type: 'state', state: state() })
  }
  const announceSoon = () => {
    stateTimer ??= setTimeout(guarded(onBug, announceState), STATE_INTERVAL)
  }
  const announceRuns = () => hub.publish({ type: 'runs' })

  const change = (patch: Partial<ActiveRun>) => {
    if (!active) return
    active.live = { ...active.live, active: { ...active.live.active, ...patch } }
    announceState()
  }

  /** The trainer of a run that is running here. @throws {GpoError} 'usage' */
  const running = (id: string): Active & { trainer: Trainer } => {
    if (active?.live.active.id === id && active.trainer) return active as Active & { trainer: Trainer }
    const { status } = getRunSummary(store, id)
    const where = status === 'running' ? 'runs in another program: pause or stop it there' : `is ${status}, not running`
    throw new GpoError('usage', `Run ${id} ${where}.`)
  }

  const ask = (id: string, what: ActiveRun['pending'][number]) => {
    const { live } = running(id)
    change({ pending: [...new Set([...live.active.pending, what])] })
  }

  /** @param ready given if its data was just read; a run that waited reads it when its turn comes */
  async function drive(id: string, ready: ReadyRun | null): Promise<void> {
    const ended = await driveRun({
      ...(ready ?? (await readyRun(store, id))),
      options: wanted.get(id),
      keyOf,
      store,
      workerPath,
      fork,
      onUnprinted: onBug,
      onStart: (trainer) => {
        if (active) active.trainer = trainer
        announceState()
        announceRuns()
        const asked = active?.live.active.state
        if (asked === 'dropping') trainer.stopNow()
        else if (isClosing || asked === 'stopping') trainer.stop()
      },
      onEvent: (event) => {
        if (!active) return
        active.live = afterEvent(active.live, event, steadyNow())
        if (event.type === 'phase') announceSoon()
        else announceState()
      },
      onRecorded: (events) => {
        const kinds = [...new Set(events.map(recordedKind))].filter((kind) => kind !== null)
        if (kinds.length > 0) hub.publish({ type: 'recorded', run: id, kinds })
      },
    })
    hub.publish({ type: 'ended', run: ended })
  }

  /** Starts the first run of the queue if none is active. */
  function next(ready: ReadyRun | null = null): void {
    if (active || isClosing) return
    const id = queue[0]
    if (id === undefined) return
    queue = queue.slice(1)
    const run = found(id)
    if (run === null) {
      next()
      return
    }
    let failure: { readonly error: unknown } | null = null
    const ended = Promise.resolve() // `active` is set before the trainer starts
      .then(() => drive(id, ready?.run.id === id ? ready : null))
      .catch((error) => {
        failure = { error }
        failBeforeStart(run, error)
      })
      .catch(onBug)
      .finally(() => {
        active = null
        wanted.delete(id)
        leave(id, failure)
        announceState()
        announceRuns()
        next()
      })
    active = { live: beginLive(run), trainer: null, ended }
    announceState()
  }

  /** Null if it cannot be read; then the others of the queue have their turn. */
  function found(id: string): RunRecord | null {
    try {
      return getRun(store, id)
    } catch (error) {
      leave(id, { error })
      onBug(error)
      return null
    }
  }

  /** Records a failure found only when the run's turn came. */
  function failBeforeStart(run: RunRecord, error: unknown): void {
    if (!(error instanceof GpoError)) onBug(error)
    const summary = getRun(store, run.id)
    const message = describeError(error)
    const code = error instanceof GpoError ? error.code : 'internal'
    hub.publish({ type: 'ended', run: { ...summary, error: summary.error ?? { code, message } } })
  }

  function enqueue(ready: ReadyRun): void {
    const { id } = ready.run
    if (!queue.includes(id)) queue = [...queue, id]
    announceRuns()
    if (active) announceState()
    else next(ready)
  }

  const watch = watchOtherPrograms(store, onBug, () => {
    recoverInterrupted(store)
    announceRuns()
    for (const { id } of listRuns(store, { statuses: ['running'] }))
      if (id !== active?.live.active.id)
        hub.publish({
          type: 'recorded',
          run: id,
          kinds: ['metrics', 'trajectories', 'evaluation', 'probes', 'checkpoint'],
        })
  })

  return {
    async start(plan) {
      const ready = await beginRun(store, plan)
      enqueue(ready)
      return ready.run.id
    },
    async resume(id, options = {}) {
      if (active?.live.active.id === id) {
        const { trainer, live } = running(id)
        trainer.resume()
        const pending = live.active.pending.filter((one) => one !== 'pause')
        change({ pending: live.active.state === 'paused' ? [...new Set([...pending, 'continue' as const])] : pending })
        return []
      }
      const ready = await readyRun(store, id, options)
      queueRun(store, id)
      wanted.set(id, options)
      enqueue(ready)
      return ready.notes
    },
    drive(ready) {
      const { id } = ready.run
      if (queue.includes(id) || active?.live.active.id === id)
        return Promise.reject(new GpoError('usage', `Run ${id} is already in the queue: stop it there first.`))
      queueRun(store, id)
      return new Promise((resolve, reject) => {
        followers.set(id, { resolve, reject })
        enqueue(ready)
      })
    },
    pause(id) {
      ask(id, 'pause')
      running(id).trainer.pause()
    },
    stop(id, now = false) {
      if (queue.includes(id)) {
        queue = queue.filter((one) => one !== id)
        announceState()
        leave(id)
        return
      }
      if (active?.live.active.id === id && !active.trainer) {
        const isDropped = now || active.live.active.state === 'dropping'
        change({ state: isDropped ? 'dropping' : 'stopping' }) // the trainer hears of it when it is there
        return
      }
      const { trainer, live } = running(id)
      if (now) trainer.stopNow()
      else trainer.stop()
      const isDropping = now || live.active.state === 'dropping'
      const pending = isDropping ? [] : live.active.pending.filter((one) => one !== 'pause')
      change({ state: isDropping ? 'dropping' : 'stopping', pending })
    },
    startNext(id) {
      if (!queue.includes(id)) throw new GpoError('usage', `Run ${id} is not waiting: resume it first.`)
      queue = [id, ...queue.filter((one) => one !== id)]
      announceState()
    },
    checkpointNow(id) {
      ask(id, 'checkpoint')
      running(id).trainer.checkpoint()
    },
    evaluateNow(id) {
      if (!isEvaluated(getRun(store, id).plan))
        throw new GpoError('usage', `Run ${id} has no held-out rows to evaluate: its plan names no evaluation data.`)
      ask(id, 'evaluation')
      running(id).trainer.evaluate()
    },
    state,
    async *listen(signal) {
      // Listens before the first yield, so that no event is missed in between.
      const events = hub.listen(signal, (waiting, event) =>
        waiting.type === 'state' && event.type === 'state' ? event : null,
      )
      yield { type: 'state', state: state() }
      yield* events
    },
    announceRuns,
    purge(ageMs) {
      if (store.isReadOnly) return
      const jump = jumpOf()
      if (jump !== 0) shiftHidden(store, jump)
      for (const { id, removesFiles } of hiddenRuns(store, Date.now() - ageMs)) {
        deleteRun(store, id)
        if (!removesFiles) continue
        try {
          removeRunFiles(store, id)
        } catch (error) {
          onBug(error) // the others are deleted all the same
        }
      }
    },
    async close() {
      isClosing = true
      clearInterval(watch)
      if (stateTimer) clearTimeout(stateTimer)
      active?.trainer?.stop()
      await active?.ended
      for (const id of [...followers.keys()]) leave(id)
    },
  }
}

/** Calls back when another program has written to the database. */
function watchOtherPrograms(store: Store, onBug: ManagerOptions['onBug'], onChange: () => void): NodeJS.Timeout {
  let version = store.dataVersion()
  const look = guarded(onBug, () => {
    const now = store.dataVersion()
    if (now === version) return
    version = now
    onChange()
  })
  return setInterval(look, WATCH_INTERVAL).unref()
}
