/** Writes a run's events to the store in batches; a checkpoint at once, together with everything before it. What cannot be written yet is kept. */
import type { Store } from '@main/store/query'
import { recordEvents } from '@main/store/record-events'
import type { TrainerEvent } from '@shared/schemas/events'
import type { Patience } from './patience'

const FLUSH_MS = 250
const FLUSH_EVENTS = 500

export interface Recorder {
  add(event: TrainerEvent): void
  /** Resolves when everything is written, or cannot be. */
  drained(): Promise<void>
}

interface Recording {
  readonly store: Store
  readonly runId: string
  readonly patience: Patience
  /** Called when events can be read from the store. */
  readonly onRecorded: ((events: readonly TrainerEvent[]) => void) | undefined
  /** Called once; nothing is written after that. */
  readonly onError: (error: unknown) => void
}

const isRecorded = ({ type }: TrainerEvent) => type !== 'phase' && type !== 'obeyed' && type !== 'held'

export function createRecorder({ store, runId, patience, onRecorded, onError }: Recording): Recorder {
  const waiting: TrainerEvent[] = []
  let timer: NodeJS.Timeout | null = null
  let writing: Promise<void> | null = null
  let isBroken = false

  async function write(): Promise<void> {
    try {
      while (waiting.length > 0) {
        const events = waiting.slice()
        await patience.attempt(() => recordEvents(store, runId, events))
        waiting.splice(0, events.length)
        onRecorded?.(events)
      }
    } catch (error) {
      isBroken = true
      onError(error)
    } finally {
      writing = null
    }
  }

  function flush(): void {
    if (timer) clearTimeout(timer)
    timer = null
    if (!isBroken && waiting.length > 0) writing ??= write()
  }

  return {
    add(event) {
      if (!isRecorded(event)) return
      waiting.push(event)
      if (event.type === 'checkpoint' || waiting.length >= FLUSH_EVENTS) flush()
      else timer ??= setTimeout(flush, FLUSH_MS)
    },
    async drained() {
      flush()
      await writing
    },
  }
}
