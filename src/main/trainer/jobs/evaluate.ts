/** Greedy accuracy, pass@k and majority@k of a model on a dataset. */

import { mean } from '@engine/core/statistics'
import { rolloutsFromPrompts } from '@engine/gpo/sampling'
import type { Rollout } from '@engine/gpo/trajectory'
import { countStatuses } from '@engine/recipes/evaluate'
import { greedy, openSampling } from '@engine/recipes/sampling'
import type { JobOf } from '../../workers/job'
import type { EvaluationResult } from '../../workers/results'
import { rolloutSource } from '../session/rollout-source'
import { tasksOf } from '../session/tasks'
import { openJobModel } from './model'

const LANES = 128

/** 1 − C(n − c, k) / C(n, k), as a product. */
function passAt(k: number, n: number, correct: number): number {
  if (n - correct < k) return 1
  let miss = 1
  for (let i = n - correct + 1; i <= n; i++) miss *= 1 - k / i
  return 1 - miss
}

function isMajorityCorrect(rollouts: readonly Rollout[]): boolean {
  const votes = new Map<string, { count: number; isCorrect: boolean }>()
  for (const { verdict } of rollouts) {
    if (verdict.extracted === null) continue
    const vote = votes.get(verdict.extracted) ?? { count: 0, isCorrect: verdict.status === 'correct' }
    votes.set(verdict.extracted, { ...vote, count: vote.count + 1 })
  }
  let best: { count: number; isCorrect: boolean } | null = null
  for (const vote of votes.values()) if (best === null || vote.count > best.count) best = vote
  return best?.isCorrect ?? false
}

function summariseSamples(rollouts: readonly Rollout[], samples: number): NonNullable<EvaluationResult['sampled']> {
  const rows = Array.from({ length: rollouts.length / samples }, (_, i) =>
    rollouts.slice(i * samples, (i + 1) * samples),
  )
  const correct = rows.map((row) => row.filter(({ verdict }) => verdict.status === 'correct').length)
  const ks = [...new Set([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, samples])]
    .filter((k) => k <= samples)
    .sort((a, b) => a - b)
  return {
    samples,
    passAtK: Object.fromEntries(ks.map((k) => [k, mean(correct.map((c) => passAt(k, samples, c)))])),
    majorityAtK: mean(rows.map((row) => Number(isMajorityCorrect(row)))),
    statuses: countStatuses(rollouts),
  }
}

export async function evaluateModel(
  job: JobOf<'evaluate'>,
  onProgress: (label: string, done: number, total: number, tokens: number) => void,
): Promise<EvaluationResult> {
  const begin = performance.now()
  const model = await openJobModel(job.model, job.backend)
  const { backend, config, tokenizer, policy } = model
  const { seed, temperature, maxNewTokens } = job
  const rollout = { temperature, topK: 0, topP: 1, lanes: LANES, maxNewTokens }
  const source = rolloutSource(model, policy, { seed, rollout }, job.verifier)
  const tasks = tasksOf({ format: job, maxNewTokens }, config, tokenizer, job.examples)
  const sampling = (label: string) =>
    openSampling(source, seed, (done, total, made) => onProgress(label, done, total, made))
  const greedily = await rolloutsFromPrompts(greedy(await sampling('greedy')), tasks, 1)
  const sampled = job.samples > 0 ? await rolloutsFromPrompts(await sampling('samples'), tasks, job.samples) : []
  await backend.close()
  const statuses = countStatuses(greedily)
  return {
    n: tasks.length,
    greedy: { accuracy: statuses.correct / Math.max(1, tasks.length), correct: statuses.correct, statuses },
    sampled: job.samples > 0 ? summariseSamples(sampled, job.samples) : null,
    tokens: [...greedily, ...sampled].reduce((sum, { tokens }) => sum + tokens.length, 0),
    seconds: (performance.now() - begin) / 1000,
  }
}
