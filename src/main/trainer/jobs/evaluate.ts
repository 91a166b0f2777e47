/** Greedy accuracy, pass@k and majority@k of a model on a dataset. */
import { rolloutsFromPrompts } from '@engine/gpo/sampling'
import type { Rollout, Sampling } from '@engine/gpo/trajectory'
import { createSampler } from '@engine/rollout/sampler'
import type { PromptFormat } from '@main/text/tokenizer/prompt'
import { createVerifier } from '@main/text/verifier/index'
import { planSchema } from '@shared/schemas/plan'
import { VERDICT_STATUSES, type VerdictStatus } from '@shared/schemas/verifier'
import type { JobOf } from '../../workers/job'
import type { EvaluationResult } from '../../workers/results'
import { tasksOf } from '../session/session'
import { openJobModel } from './model'

const LANES = 128

function countStatuses(rollouts: readonly Rollout[]): Record<VerdictStatus, number> {
  const count = (status: VerdictStatus) => rollouts.filter(({ verdict }) => verdict.status === status).length
  return Object.fromEntries(VERDICT_STATUSES.map((status) => [status, count(status)])) as Record<VerdictStatus, number>
}

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

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

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
  const { backend, config, tokenizer, stopTokens, policy } = await openJobModel(job.model, job.backend)
  const verifier = createVerifier(job.verifier)
  const plan = promptPlan(job)
  const tasks = tasksOf(plan, config, tokenizer, job.examples)
  let tokens = 0
  const sampling = async (label: string, temperature: number): Promise<Sampling> => ({
    sampler: createSampler(backend, config),
    params: await policy.dense(),
    config: { temperature, topK: 0, topP: 1, lanes: LANES, stopTokens },
    maxNewTokens: job.maxNewTokens,
    seed: job.seed,
    judge: (task, ids, isTruncated) => {
      tokens += ids.length
      return verifier.verify(tokenizer.decode(isTruncated ? ids : ids.subarray(0, -1)), task.reference, isTruncated)
    },
    onProgress: (done, total, made) => onProgress(label, done, total, made),
  })
  const greedy = await rolloutsFromPrompts(await sampling('greedy', 0), tasks, 1)
  const sampled =
    job.samples > 0 ? await rolloutsFromPrompts(await sampling('samples', job.temperature), tasks, job.samples) : []
  await backend.close()
  const statuses = countStatuses(greedy)
  return {
    n: tasks.length,
    greedy: { accuracy: statuses.correct / Math.max(1, tasks.length), correct: statuses.correct, statuses },
    sampled: job.samples > 0 ? summariseSamples(sampled, job.samples) : null,
    tokens,
    seconds: (performance.now() - begin) / 1000,
  }
}

/** The parts of a plan that decide how prompts look. */
export function promptPlan(job: PromptFormat & { readonly maxNewTokens: number }) {
  const { template, chatTemplate, chatTemplateName } = job
  return planSchema.parse({
    model: { path: '-' },
    data: { train: { path: '-' }, template, chatTemplate, chatTemplateName },
    objective: { kind: 'ppo' },
    rollout: { maxNewTokens: job.maxNewTokens },
  })
}
