/**
 * The trainer process: gets a start message, trains, streams events, writes checkpoints at safe points, and obeys stop, pause, checkpoint and
 * evaluate there. Knows no database and no window. Ends when its parent goes away.
 */

import { evaluate } from '@engine/recipes/evaluate'
import { train } from '@engine/recipes/train'
import { applyRetention, writeCheckpoint } from '@main/formats/run-checkpoint'
import { GpoError } from '@shared/errors'
import type { TrainerEvent } from '@shared/schemas/events'
import { parseTrainerCommand, type StartMessage } from '../workers/protocol'
import { engineVersions } from './environment'
import { createMeter } from './meter'
import { onPost, post, postAndWait } from './parent-port'
import { reportError } from './report-error'
import { openSession, type Session, throttled } from './session/session'

interface Control {
  isStopping: boolean
  isPaused: boolean
  wantsCheckpoint: boolean
  wantsEvaluation: boolean
  /** Called when a pause ends. */
  wake: () => void
}

const control: Control = {
  isStopping: false,
  isPaused: false,
  wantsCheckpoint: false,
  wantsEvaluation: false,
  wake: () => {},
}

const send = (event: TrainerEvent): void => post(event)
const flush = (event: TrainerEvent): Promise<void> => postAndWait(event)

interface Best {
  readonly iteration: number
  readonly accuracy: number
}

async function saveCheckpoint(
  start: StartMessage,
  session: Session,
  iteration: number,
  best: Best | null,
): Promise<void> {
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
  send({ type: 'checkpoint', ...record, removed })
}

async function waitWhilePaused(): Promise<void> {
  if (!control.isPaused) return
  await new Promise<void>((resolve) => {
    control.wake = resolve
  })
}

async function runTraining(start: StartMessage): Promise<void> {
  const { plan } = start
  const iterations = plan.budget.iterations
  const meter = createMeter()
  const report = throttled((phase, iteration, done, total, tokens, seconds) => {
    meter.onPhase(phase, done, total, tokens)
    send({ type: 'phase', iteration, iterations, phase, done, total, tokens, seconds })
  })
  report('load', 0, 0, 1, 0)
  const session = await openSession(start, report)
  report('load', 0, 1, 1, 0)
  send({
    type: 'environment',
    environment: { ...engineVersions(), backend: session.backend.name, device: session.backend.device },
  })
  let best = (session.state['best'] ?? null) as Best | null
  let saved = session.from
  try {
    for await (const event of train(session.run, session.procedure, session.from)) {
      if (event.type !== 'safe-point') {
        if (event.type === 'evaluation' && (best === null || event.accuracy > best.accuracy))
          best = { iteration: event.iteration, accuracy: event.accuracy }
        send(event.type === 'metrics' ? meter.complete(event) : event)
        continue
      }
      const { iteration } = event
      // The best evaluation's weights are kept, so they are written when they are met.
      const isBest = plan.checkpoint.keepBest && best?.iteration === iteration
      if (event.isCheckpointDue || isBest || control.wantsCheckpoint || control.isStopping) {
        report('checkpoint', iteration, 0, 1, 0)
        await saveCheckpoint(start, session, iteration, best)
        control.wantsCheckpoint = false
        saved = iteration
      }
      if (control.wantsEvaluation) {
        control.wantsEvaluation = false
        send({ type: 'evaluation', ...(await evaluate(session.run, iteration)) })
      }
      await waitWhilePaused()
      if (control.isStopping && iteration < iterations) {
        if (saved < iteration) await saveCheckpoint(start, session, iteration, best)
        await flush({ type: 'finished', outcome: 'stopped', iteration })
        return
      }
    }
    await flush({ type: 'finished', outcome: 'completed', iteration: iterations })
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

async function fail(error: unknown): Promise<void> {
  await flush({ type: 'failed', ...reportError(error) })
}

let isStarted = false

function obey(raw: unknown): void {
  const command = parseTrainerCommand(raw)
  switch (command.type) {
    case 'start': {
      if (isStarted) throw new GpoError('training', 'this trainer has already been started')
      isStarted = true
      void runTraining(command)
        .catch(fail)
        .finally(() => process.exit(0))
      break
    }
    case 'stop':
      control.isStopping = true
      control.isPaused = false
      control.wake()
      break
    case 'pause':
      control.isPaused = true
      break
    case 'continue':
      control.isPaused = false
      control.wake()
      break
    case 'checkpoint':
      control.wantsCheckpoint = true
      break
    case 'evaluate':
      control.wantsEvaluation = true
      break
  }
}

onPost((raw) => {
  try {
    obey(raw)
  } catch (error) {
    void fail(error)
  }
})
// Ctrl-C reaches the whole process group; the parent decides what it means.
process.on('SIGINT', () => {})
process.on('disconnect', () => process.exit(0))
