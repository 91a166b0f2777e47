/** Critical steps of a model's trajectories, without training: what the method sees. */

import { advantages } from '@engine/gpo/critical-step'
import { resetRollouts } from '@engine/gpo/reset'
import { rolloutsFromPrompts } from '@engine/gpo/sampling'
import { createScorer } from '@engine/policy/score'
import { startClock } from '@engine/recipes/clock'
import { findCriticalSteps, guidedRecord } from '@engine/recipes/guide'
import { type Run, samplingOf } from '@engine/recipes/run'
import { createSampler } from '@engine/rollout/sampler'
import { createVerifier } from '@main/text/verifier/index'
import { GpoError } from '@shared/errors'
import { wilsonInterval } from '@shared/interval'
import { SELECTING_RULES } from '@shared/method/critical-step'
import type { JobOf } from '../../workers/job'
import type { CriticalResult } from '../../workers/results'
import { tasksOf } from '../session/session'
import { promptPlan } from './evaluate'
import { openJobModel } from './model'

/** Prompts looked at together: results appear this many at a time. */
const CHUNK = 16

export async function findCritical(
  job: JobOf<'critical'>,
  onItem: (item: CriticalResult) => void,
  onProgress: (label: string, done: number, total: number, tokens: number) => void,
): Promise<{ trajectories: number }> {
  if (job.gpo.criticalStep === 'none')
    throw new GpoError('usage', `the rule "none" selects no step: use one of ${SELECTING_RULES.join(', ')}`)
  const { backend, config, tokenizer, stopTokens, policy } = await openJobModel(job.model, job.backend)
  const verifier = createVerifier(job.verifier)
  const base = promptPlan(job)
  const plan = { ...base, seed: job.seed, gpo: job.gpo, rollout: { ...base.rollout, temperature: job.temperature } }
  const tasks = tasksOf(plan, config, tokenizer, job.examples)
  const run: Run = {
    plan,
    backend,
    policy,
    sampler: createSampler(backend, config),
    scorer: createScorer(backend, config, { maxTokens: 4096, temperature: 1 }),
    text: {
      decode: (ids) => tokenizer.decode(ids, { skipSpecialTokens: true }),
      pieces: (ids) => tokenizer.pieces(ids),
    },
    stopTokens,
    verify: (completion, reference, isTruncated) => verifier.verify(completion, reference, isTruncated),
    tasks,
    evaluationTasks: [],
    demonstrations: [],
    onProgress: (phase, _iteration, done, total, tokens) => onProgress(phase, done, total, tokens),
  }
  for (let at = 0; at < tasks.length; at += CHUNK) {
    const iteration = at / CHUNK
    const trajectories = await rolloutsFromPrompts(
      await samplingOf(run, iteration, 'rollouts'),
      tasks.slice(at, at + CHUNK),
      1,
    )
    const guided = await findCriticalSteps(run, startClock(), iteration, trajectories)
    const points = guided.map(({ trajectory, critical }) => ({ trajectory, step: critical.step }))
    const resets = await resetRollouts(
      await samplingOf(run, iteration, 'reset'),
      points,
      job.gpo.samples,
      job.gpo.reuseRollouts,
    )
    guided.forEach((one, i) => {
      const { states } = one.trajectory
      const intervals = states.map(({ successes, samples, value }) =>
        samples === 0 ? ([value, value] as const) : wilsonInterval(successes, samples),
      )
      onItem({ ...guidedRecord(run, 0, at + i, one, resets[i]!), intervals, advantages: advantages(states) })
    })
  }
  await backend.close()
  return { trajectories: tasks.length }
}
