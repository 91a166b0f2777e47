/**
 * What happens between two iterations, where everything is consistent: checkpoints, what a person has asked for, and whether the run goes on. It
 * remembers what was saved and evaluated, so that nothing is done twice.
 */
import { evaluate } from '@engine/recipes/evaluate'
import { applyRetention, writeCheckpoint } from '@main/formats/run-checkpoint'
import { isTraining } from '@shared/method/guided'
import { isOutOfPatience } from '@shared/plan/patience'
import type { EvaluationRecord } from '@shared/schemas/events'
import type { StartMessage, ToldEvent } from '../workers/protocol'
import type { Control } from './control'
import { whenThereIsRoom } from './room'
import type { Session } from './session/session'

interface Best {
  readonly iteration: number
  readonly accuracy: number
}

export interface SafePoints {
  /** Iteration of the newest checkpoint; 0 before the first. */
  readonly saved: () => number
  readonly evaluated: (event: EvaluationRecord) => void
  /** Whether the run should have ended after this iteration, because its accuracy does not rise. */
  readonly isOutOfPatience: (iteration: number) => boolean
  /** @returns how the run goes on after this iteration */
  readonly at: (iteration: number, isCheckpointDue: boolean) => Promise<'on' | 'stopped' | 'completed'>
  /** Ends the run here, with a checkpoint unless nothing was trained. */
  readonly stop: (iteration: number) => Promise<void>
}

interface Surroundings {
  readonly start: StartMessage
  readonly session: Session
  readonly control: Control
  readonly tell: (event: ToldEvent) => void
  /** Says that a checkpoint is being written. */
  readonly onSave: (iteration: number) => void
}

async function checkpointOf(
  { plan, runFolder }: StartMessage,
  { run, procedure }: Session,
  iteration: number,
  best: Best | null,
): Promise<ToldEvent> {
  const record = writeCheckpoint(runFolder, {
    iteration,
    state: { optimiserSteps: procedure.learner.steps, best, adaptation: plan.adaptation, isTrained: isTraining(plan) },
    groups: isTraining(plan)
      ? { trainable: await run.policy.snapshot(), optimiser: await procedure.learner.snapshot() }
      : {},
  })
  const { keepLast, keepBest } = plan.checkpoint
  const removed = applyRetention(runFolder, {
    newest: iteration,
    keepLast,
    keepIterations: keepBest && best ? [best.iteration] : [],
  })
  return { type: 'checkpoint', ...record, removed }
}

/** Of a resumed run; earlier versions counted the model before training, too. */
function knownBest({ state }: Session): Best | null {
  const known = state['best'] as Best | null | undefined
  return known && known.iteration > 0 ? known : null
}

export function openSafePoints({ start, session, control, tell, onSave }: Surroundings): SafePoints {
  const { plan } = start
  let best = knownBest(session)
  let saved = session.from
  let savedAt = performance.now()
  let evaluated: number | null = null

  async function save(iteration: number): Promise<void> {
    if (saved === iteration) return
    onSave(iteration)
    tell(await whenThereIsRoom(() => checkpointOf(start, session, iteration, best), control, tell))
    saved = iteration
    savedAt = performance.now()
  }

  async function evaluateNow(iteration: number): Promise<void> {
    if (evaluated === iteration) return
    const record = await evaluate(session.run, iteration)
    tell({ type: 'evaluation', ...record })
    noteEvaluation(record)
    if (isBestKept(iteration)) await save(iteration)
  }

  function noteEvaluation({ iteration, accuracy }: EvaluationRecord): void {
    evaluated = iteration
    if (iteration > 0 && (best === null || accuracy > best.accuracy)) best = { iteration, accuracy }
  }

  /** The weights of the best evaluation are kept, so they are written right after it. */
  const isBestKept = (iteration: number) => plan.checkpoint.keepBest && best?.iteration === iteration

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

  function isSaveDue(iteration: number): boolean {
    const { everyMinutes } = plan.checkpoint
    return isBestKept(iteration) || (everyMinutes > 0 && performance.now() - savedAt >= 60_000 * everyMinutes)
  }

  const wasLast = (iteration: number) => best !== null && isOutOfPatience(plan, best.iteration, iteration)

  return {
    saved: () => saved,
    evaluated: noteEvaluation,
    isOutOfPatience: wasLast,
    async at(iteration, isCheckpointDue) {
      if (isCheckpointDue || isSaveDue(iteration)) await save(iteration)
      await obey(iteration)
      if (iteration === plan.budget.iterations) return 'completed'
      if (wasLast(iteration)) {
        await save(iteration)
        return 'completed'
      }
      return control.ending === 'no' ? 'on' : 'stopped'
    },
    async stop(iteration) {
      if (iteration > 0) await save(iteration)
      tell({ type: 'finished', outcome: 'stopped', iteration })
    },
  }
}
