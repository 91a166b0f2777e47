/** Trains: streams events, writes checkpoints and obeys requests at safe points. It does not know the database or the window. */
import { evaluate } from '@engine/recipes/evaluate'
import { train } from '@engine/recipes/train'
import { applyRetention, writeCheckpoint } from '@main/formats/run-checkpoint'
import { GpoError } from '@shared/errors'
import { isOutOfPatience } from '@shared/plan/patience'
import type { StartMessage, ToldEvent } from '../workers/protocol'
import type { Control } from './control'
import { engineVersions } from './environment'
import { createMeter } from './meter'
import { openSession, type Session, throttled } from './session/session'

/** Ends an iteration whose update has not begun. */
class Dropped extends Error {}

type Tell = (event: ToldEvent) => void

interface Best {
  readonly iteration: number
  readonly accuracy: number
}

async function saveCheckpoint(
  start: StartMessage,
  session: Session,
  iteration: number,
  best: Best | null,
): Promise<ToldEvent> {
  const { run, procedure } = session
  const record = writeCheckpoint(start.runFolder, {
    iteration,
    state: { optimiserSteps: procedure.learner.steps, best, adaptation: start.plan.adaptation },
    groups: { trainable: await run.policy.snapshot(), optimiser: await procedure.learner.snapshot() },
  })
  const { keepLast, keepBest } = start.plan.checkpoint
  const removed = applyRetention(start.runFolder, {
    newest: iteration,
    keepLast,
    keepIterations: keepBest && best ? [best.iteration] : [],
  })
  return { type: 'checkpoint', ...record, removed }
}

/** @throws GpoError naming the checkpoint that is kept */
export async function runTraining(start: StartMessage, control: Control, tell: Tell): Promise<void> {
  const { plan } = start
  const iterations = plan.budget.iterations
  const meter = createMeter()
  const tellPhase = throttled((phase, iteration, done, total, tokens, seconds) => {
    meter.onPhase(phase, done, total, tokens)
    tell({ type: 'phase', iteration, iterations, phase, done, total, tokens, seconds })
  })
  const report: typeof tellPhase = (phase, iteration, done, ...rest) => {
    // Weights change in the update only: before it, the run is as it was at the last safe point.
    const isUnchanged = phase === 'update' ? done === 0 : phase !== 'load' && phase !== 'checkpoint'
    if (control.ending === 'now' && isUnchanged) throw new Dropped()
    tellPhase(phase, iteration, done, ...rest)
  }
  report('load', 0, 0, 1, 0)
  const session = await openSession(start, report)
  report('load', 0, 1, 1, 0)
  tell({
    type: 'environment',
    environment: {
      ...engineVersions(),
      backend: session.backend.name,
      device: session.backend.device,
      ...session.notes,
    },
  })
  const known = session.state['best'] as Best | null | undefined
  let best = known && known.iteration > 0 ? known : null // earlier versions counted the model before training, too
  let saved = session.from
  let savedAt = performance.now()
  let evaluated: number | null = null
  /** Iterations whose update is done. */
  let done = session.from

  async function save(iteration: number): Promise<void> {
    if (saved === iteration) return
    report('checkpoint', iteration, 0, 1, 0)
    tell(await saveCheckpoint(start, session, iteration, best))
    saved = iteration
    savedAt = performance.now()
  }
  async function evaluateNow(iteration: number): Promise<void> {
    if (evaluated === iteration) return
    tell({ type: 'evaluation', ...(await evaluate(session.run, iteration)) })
    evaluated = iteration
  }
  async function stopAt(iteration: number): Promise<void> {
    if (iteration > 0) await save(iteration)
    tell({ type: 'finished', outcome: 'stopped', iteration })
  }
  /** Everything that was asked, in order; a pause lasts until it is ended, and what is asked meanwhile is done meanwhile. */
  async function obey(iteration: number): Promise<void> {
    let isPaused = false
    while (true) {
      const request = control.take()
      if (request === null && (!isPaused || control.ending !== 'no')) return
      if (request === null) {
        await control.asked()
        continue
      }
      if (request === 'checkpoint') await save(iteration)
      else if (request === 'evaluation') await evaluateNow(iteration)
      else isPaused = request === 'pause'
      tell({ type: 'obeyed', request })
    }
  }

  try {
    for await (const event of train(session.run, session.procedure, session.from)) {
      if (event.type !== 'safe-point') {
        if (event.type === 'metrics') done = event.iteration
        if (event.type === 'evaluation') {
          evaluated = event.iteration
          if (event.iteration > 0 && (best === null || event.accuracy > best.accuracy))
            best = { iteration: event.iteration, accuracy: event.accuracy }
        }
        tell(event.type === 'metrics' ? meter.complete(event) : event)
        continue
      }
      const { iteration } = event
      // The weights of the best evaluation are kept, so they are written right after it.
      const isBest = plan.checkpoint.keepBest && best?.iteration === iteration
      const minutes = (performance.now() - savedAt) / 60_000
      const isLongAgo = plan.checkpoint.everyMinutes > 0 && minutes >= plan.checkpoint.everyMinutes
      if (event.isCheckpointDue || isBest || isLongAgo) await save(iteration)
      await obey(iteration)
      if (control.ending !== 'no' && iteration < iterations) return await stopAt(iteration)
      if (best !== null && isOutOfPatience(plan, best.iteration, iteration)) {
        await save(iteration)
        return tell({ type: 'finished', outcome: 'completed', iteration })
      }
    }
    tell({ type: 'finished', outcome: 'completed', iteration: iterations })
  } catch (error) {
    if (error instanceof Dropped) return await stopAt(done)
    const kept =
      saved > 0
        ? `The checkpoint of iteration ${saved} is kept.`
        : 'There was no checkpoint yet; the starting model is unchanged.'
    if (error instanceof GpoError) throw new GpoError(error.code, `${error.message}. ${kept}`, { cause: error })
    throw error
  } finally {
    await session.backend.close()
  }
}
