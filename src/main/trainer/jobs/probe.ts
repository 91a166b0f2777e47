/**
 * Measures how long a plan's iterations take on this machine: runs some with few prompts and a learning rate of 0 until one lasts long enough.
 * The first iteration with each number of prompts compiles or warms up and is not counted.
 */
import type { IterationResult } from '@engine/recipes/run'
import { GpoError } from '@shared/errors'
import { ratesOf } from '@shared/plan/cost-estimate'
import type { Phase } from '@shared/schemas/events'
import type { Plan } from '@shared/schemas/plan'
import type { JobOf } from '../../workers/job'
import type { ProbeResult } from '../../workers/results'
import { openSession } from '../session/session'

/** Number of prompts in the first iteration. */
const FEW = 4
/** Seconds that the measured iteration should take. */
const WANTED = 6
/** An iteration of few prompts that takes longer than this, in seconds, is not repeated with more prompts. */
const LONG = 5

type Report = (label: string, done: number, total: number, tokens: number) => void

const WORDS: Readonly<Partial<Record<Phase, string>>> = {
  load: 'Loading the model',
  rollouts: 'Sampling rollouts',
  values: 'Estimating values',
  reset: 'Sampling after the reset',
  update: 'Updating',
}

const probed = (plan: Plan, prompts: number): Plan => ({
  ...plan,
  data: { ...plan.data, eval: undefined },
  optimiser: { ...plan.optimiser, learningRate: 0 },
  budget: { ...plan.budget, promptsPerIteration: prompts },
})

export async function probePlan(
  { plan: asked, folder, examples }: JobOf<'probe'>,
  report: Report,
): Promise<ProbeResult> {
  const isSft = asked.objective.kind === 'sft'
  const most = asked.budget.promptsPerIteration
  const plan = probed(asked, Math.min(most, isSft ? 2 * FEW : FEW))
  report('Loading the model', 0, 1, 0)
  const session = await openSession(
    { plan, modelFolder: folder, resumeFrom: null, train: examples, evaluation: [] },
    (phase, _iteration, done, total, tokens) => report(WORDS[phase] ?? 'Measuring', done, total, tokens),
  )
  let iteration = 0
  const iterate = (): Promise<IterationResult> => session.procedure.iterate(++iteration)
  const secondsOf = ({ metrics }: IterationResult) => metrics['step_time'] ?? 0
  try {
    await iterate()
    let measured = await iterate()
    const seconds = secondsOf(measured)
    const more = Math.min(most, Math.floor((plan.budget.promptsPerIteration * WANTED) / Math.max(seconds, 0.01)))
    if (!isSft && seconds < LONG && more > plan.budget.promptsPerIteration) {
      plan.budget.promptsPerIteration = more // procedures read it in each iteration
      await iterate()
      measured = await iterate()
    }
    const rates = ratesOf(plan, measured.metrics)
    if (!rates)
      throw new GpoError(
        'training',
        'The probe could not measure an update: the rollouts of its prompts gave no training batch. Measure again, or check the verifier.',
      )
    return {
      rates,
      prompts: plan.budget.promptsPerIteration,
      device: session.backend.device,
      peakBytes: process.resourceUsage().maxRSS * 1024,
    }
  } finally {
    await session.backend.close()
  }
}
