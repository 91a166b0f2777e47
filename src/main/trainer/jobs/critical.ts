/** Finds the critical steps of a model's trajectories without training. */

import { criticalStarts, guide, startIteration } from '@engine/recipes/iteration'
import { guidedRecord } from '@engine/recipes/report'
import { GpoError } from '@shared/errors'
import { valueInterval } from '@shared/interval'
import { advantagesOf, SELECTING_RULES } from '@shared/method/critical-step'
import { searchProblem } from '@shared/method/search'
import type { JobOf } from '../../workers/job'
import type { CriticalResult } from '../../workers/results'
import { rolloutSource } from '../session/rollout-source'
import { tasksOf } from '../session/tasks'
import { openJobModel } from './model'

/** Sequences decoded side by side. */
const LANES = 128
/** Prompts processed together: results appear this many at a time. */
const CHUNK = 16

export async function findCritical(
  job: JobOf<'critical'>,
  onItem: (item: CriticalResult) => void,
  onProgress: (label: string, done: number, total: number, tokens: number) => void,
): Promise<{ trajectories: number }> {
  if (job.gpo.criticalStep === 'none')
    throw new GpoError('usage', `the rule "none" selects no step: use one of ${SELECTING_RULES.join(', ')}`)
  const problem = searchProblem(job.gpo.search, job.gpo.criticalStep)
  if (problem !== null) throw new GpoError('usage', problem)
  const model = await openJobModel(job.model, job.backend)
  const { backend, config, tokenizer, policy } = model
  const { seed, gpo, temperature, maxNewTokens } = job
  const plan = { seed, gpo, rollout: { temperature, topK: 0, topP: 1, lanes: LANES, maxNewTokens } }
  const source = rolloutSource(model, policy, plan, job.verifier, (phase, _, done, total, tokens) =>
    onProgress(phase, done, total, tokens),
  )
  const tasks = tasksOf({ format: job, maxNewTokens }, config, tokenizer, job.examples)
  for (let at = 0; at < tasks.length; at += CHUNK) {
    const iteration = startIteration(source, at / CHUNK)
    const trajectories = await iteration.sample(tasks.slice(at, at + CHUNK), 1)
    const guided = await guide(iteration, trajectories)
    const resets = await iteration.reset(criticalStarts(guided), gpo.samples)
    guided.forEach((one, i) => {
      const { states } = one.trajectory
      const record = guidedRecord(source.text, 0, at + i, one, resets[i]!)
      onItem({ ...record, intervals: states.map(valueInterval), advantages: advantagesOf(states) })
    })
  }
  await backend.close()
  return { trajectories: tasks.length }
}
