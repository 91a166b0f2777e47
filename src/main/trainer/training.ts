/** Trains: streams events, writes checkpoints and obeys requests at safe points. It does not know the database or the window. */
import { evaluate } from '@engine/recipes/evaluate'
import { train } from '@engine/recipes/train'
import { applyRetention, writeCheckpoint } from '@main/formats/run-checkpoint'
import { GpoError } from '@shared/errors'
import type { StartMessage, ToldEvent } from '../workers/protocol'
import type { Control } from './control'
import { engineVersions } from './environment'
import { createMeter } from './meter'
import { openSession, type Session, throttled } from './session/session'

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
  const report = throttled((phase, iteration, done, total, tokens, seconds) => {
    meter.onPhase(phase, done, total, tokens)
    tell({ type: 'phase', iteration, iterations, phase, done, total, tokens, seconds })
  })
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
  let best = (session.state['best'] ?? null) as Best | null
  let saved = session.from
  try {
    for await (const event of train(session.run, session.procedure, session.from)) {
      if (event.type !== 'safe-point') {
        if (event.type === 'evaluation' && (best === null || event.accuracy > best.accuracy))
          best = { iteration: event.iteration, accuracy: event.accuracy }
        tell(event.type === 'metrics' ? meter.complete(event) : event)
        continue
      }
      const { iteration } = event
      // The weights of the best evaluation are kept, so they are written right after it.
      const isBest = plan.checkpoint.keepBest && best?.iteration === iteration
      if (event.isCheckpointDue || isBest || control.wantsCheckpoint || control.isStopping) {
        report('checkpoint', iteration, 0, 1, 0)
        tell(await saveCheckpoint(start, session, iteration, best))
        control.wantsCheckpoint = false
        saved = iteration
      }
      if (control.wantsEvaluation) {
        control.wantsEvaluation = false
        tell({ type: 'evaluation', ...(await evaluate(session.run, iteration)) })
      }
      await control.whilePaused()
      if (control.isStopping && iteration < iterations) {
        if (saved < iteration) tell(await saveCheckpoint(start, session, iteration, best))
        tell({ type: 'finished', outcome: 'stopped', iteration })
        return
      }
    }
    tell({ type: 'finished', outcome: 'completed', iteration: iterations })
  } catch (error) {
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
