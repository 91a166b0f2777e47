/** Trains: streams events and obeys requests at safe points. It does not know the database or the window. */
import { train } from '@engine/recipes/train'
import { GpoError } from '@shared/errors'
import { safeLine } from '@shared/shown'
import type { StartMessage, ToldEvent } from '../workers/protocol'
import type { Control } from './control'
import { engineVersions } from './environment'
import { createMeter } from './meter'
import { openSafePoints } from './safe-points'
import { openSession, type Session, throttled } from './session/session'

/** Characters of the record of a run's servers. */
const MAX_SERVERS = 1500

type Tell = (event: ToldEvent) => void

/** Ends an iteration whose update has not begun. */
class Dropped extends Error {}

/** An error with what is left after it. */
function withWhatIsKept(error: unknown, saved: number): unknown {
  if (!(error instanceof GpoError)) return error
  const kept =
    saved > 0
      ? `The checkpoint of iteration ${saved} is kept.`
      : 'There was no checkpoint yet; the starting model is unchanged.'
  return new GpoError(error.code, `${error.message}. ${kept}`, { cause: error })
}

/** @throws GpoError naming the checkpoint that is kept */
export async function runTraining(start: StartMessage, control: Control, tell: Tell): Promise<void> {
  const { iterations } = start.plan.budget
  const meter = createMeter()
  let session: Session | null = null
  const tellPhase = throttled((phase, iteration, done, total, tokens, seconds) => {
    meter.onPhase(phase, done, total, tokens)
    const servers = session?.served?.progress()
    tell({ type: 'phase', iteration, iterations, phase, done, total, tokens, seconds, ...(servers && { servers }) })
  })
  const report: typeof tellPhase = (phase, iteration, done, ...rest) => {
    // Weights change in the update only: before it, the run is as it was at the last safe point. An evaluation after an update belongs to it.
    const isAfterUpdate = phase === 'checkpoint' || (phase === 'evaluation' && iteration > 0)
    const isUnchanged = phase === 'update' ? done === 0 : phase !== 'load' && !isAfterUpdate
    if (control.ending === 'now' && isUnchanged) throw new Dropped()
    tellPhase(phase, iteration, done, ...rest)
  }
  report('load', 0, 0, 1, 0)
  const opened = await openSession(start, report)
  session = opened
  report('load', 0, 1, 1, 0)
  const { backend, notes, served } = opened
  const servers: Record<string, string> = served ? { 'sampling servers': safeLine(served.described, MAX_SERVERS) } : {}
  tell({
    type: 'environment',
    environment: { ...engineVersions(), backend: backend.name, device: backend.device, ...servers, ...notes },
  })
  const onSave = (iteration: number) => report('checkpoint', iteration, 0, 1, 0)
  const safePoints = openSafePoints({ start, session: opened, control, tell, onSave })
  /** Iterations whose update is done. */
  let done = opened.from
  try {
    if (safePoints.isOutOfPatience(opened.from))
      return tell({ type: 'finished', outcome: 'completed', iteration: done })
    for await (const event of train(opened.run, opened.procedure, opened.from)) {
      if (event.type === 'metrics') done = event.iteration
      if (event.type === 'evaluation') safePoints.evaluated(event)
      if (event.type !== 'safe-point') {
        tell(event.type === 'metrics' ? meter.complete(event) : event)
        continue
      }
      const { iteration, isCheckpointDue } = event
      const next = await safePoints.at(iteration, isCheckpointDue)
      if (next === 'stopped') return await safePoints.stop(iteration)
      if (next === 'completed') return tell({ type: 'finished', outcome: 'completed', iteration })
    }
    // A run that is resumed after its last iteration has nothing left to do.
    tell({ type: 'finished', outcome: 'completed', iteration: iterations })
  } catch (error) {
    if (error instanceof Dropped) return await safePoints.stop(done)
    throw withWhatIsKept(error, safePoints.saved())
  } finally {
    await served?.close()
    await backend.close()
  }
}
