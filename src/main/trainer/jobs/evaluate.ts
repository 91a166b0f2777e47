/** Greedy accuracy, pass@k and majority@k of a model on a dataset. */

import { mean } from '@engine/core/statistics'
import { rolloutsFromPrompts } from '@engine/gpo/sampling'
import type { Rollout } from '@engine/gpo/trajectory'
import { countStatuses } from '@engine/recipes/evaluate'
import type { RolloutSource } from '@engine/recipes/run'
import { greedy, openSampling } from '@engine/recipes/sampling'
import type { ModelConfig } from '@main/formats/model-config'
import { shareInterval } from '@shared/interval'
import type { EvaluationResult } from '@shared/schemas/evaluation'
import type { JobOf } from '../../workers/job'
import type { RowAnswer } from '../../workers/results'
import { rolloutSource } from '../session/rollout-source'
import { tasksOf } from '../session/tasks'
import { openJobModel } from './model'

const MAX_LANES = 128
/** For keys and values of all lanes, in bytes. */
const CACHE_BYTES = 2 ** 30

/** Sequences decoded side by side, as many as their keys and values have room. @param length of a sequence, in tokens */
function lanesFor({ layers, kvHeads, headDim }: ModelConfig, length: number): number {
  const bytes = 2 * layers * kvHeads * headDim * Float32Array.BYTES_PER_ELEMENT * length
  return Math.max(1, Math.min(MAX_LANES, Math.floor(CACHE_BYTES / bytes)))
}

/** 1 − C(n − c, k) / C(n, k), as a product. */
function passAt(k: number, n: number, correct: number): number {
  if (n - correct < k) return 1
  let miss = 1
  for (let i = n - correct + 1; i <= n; i++) miss *= 1 - k / i
  return 1 - miss
}

interface Vote {
  readonly answer: string
  readonly count: number
  readonly isCorrect: boolean
}

/** The most frequent answer, of equally frequent ones the first; null if there is none. */
function majorityOf(rollouts: readonly Rollout[]): Vote | null {
  const votes = new Map<string, Vote>()
  for (const { verdict } of rollouts) {
    const answer = verdict.extracted
    if (answer === null) continue
    const { count, isCorrect } = votes.get(answer) ?? { count: 0, isCorrect: verdict.status === 'correct' }
    votes.set(answer, { answer, count: count + 1, isCorrect })
  }
  return [...votes.values()].reduce<Vote | null>((best, vote) => (best && best.count >= vote.count ? best : vote), null)
}

const isCorrect = ({ verdict }: Rollout): boolean => verdict.status === 'correct'

/** @param rows [row][sample] */
function summariseSamples(
  rows: readonly (readonly Rollout[])[],
  samples: number,
): NonNullable<EvaluationResult['sampled']> {
  const correct = rows.map((row) => row.filter(isCorrect).length)
  const ks = [...new Set([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, samples])]
    .filter((k) => k <= samples)
    .sort((a, b) => a - b)
  const estimates = ks.map((k) => [k, correct.map((c) => passAt(k, samples, c))] as const)
  return {
    samples,
    passAtK: Object.fromEntries(estimates.map(([k, values]) => [k, mean(values)])),
    passAtKIntervals: Object.fromEntries(estimates.map(([k, values]) => [k, shareInterval(values)])),
    majorityAtK: mean(rows.map((row) => Number(majorityOf(row)?.isCorrect ?? false))),
    statuses: countStatuses(rows.flat()),
  }
}

/** @param samples of the row; empty if none were asked for */
function answerOf({ text }: RolloutSource, rollout: Rollout, samples: readonly Rollout[]): RowAnswer {
  const { task, tokens, isTruncated, verdict } = rollout
  const majority = majorityOf(samples)
  return {
    row: task.row,
    completion: text.decode(isTruncated ? tokens : tokens.subarray(0, -1)),
    tokens: tokens.length,
    status: verdict.status,
    extracted: verdict.extracted,
    sampled:
      samples.length === 0
        ? null
        : {
            correct: samples.filter(isCorrect).length,
            majority: majority?.answer ?? null,
            isMajorityCorrect: majority?.isCorrect ?? false,
          },
  }
}

export async function evaluateModel(
  job: JobOf<'evaluate'>,
  onRow: (row: RowAnswer) => void,
  onProgress: (label: string, done: number, total: number, tokens: number) => void,
): Promise<EvaluationResult> {
  const begin = performance.now()
  const model = await openJobModel(job.model, job.backend)
  const { backend, config, tokenizer, policy } = model
  const { seed, temperature } = job
  const tasks = tasksOf({ format: job, maxNewTokens: 1 }, config, tokenizer, job.examples)
  const longest = tasks.reduce((most, { prompt }) => Math.max(most, prompt.length), 0)
  const maxNewTokens = Math.min(job.maxNewTokens, config.maxPositions - longest)
  const rollout = { temperature, topK: 0, topP: 1, lanes: lanesFor(config, longest + maxNewTokens), maxNewTokens }
  const source = rolloutSource(model, policy, { seed, rollout }, job.verifier)
  const sampling = (label: string) =>
    openSampling(source, seed, (done, total, made) => onProgress(label, done, total, made))
  const greedily = await rolloutsFromPrompts(greedy(await sampling('greedy')), tasks, 1)
  const sampled = job.samples > 0 ? await rolloutsFromPrompts(await sampling('samples'), tasks, job.samples) : []
  await backend.close()
  const byRow = tasks.map((_, i) => sampled.slice(i * job.samples, (i + 1) * job.samples))
  greedily.forEach((rollout, i) => {
    onRow(answerOf(source, rollout, byRow[i]!))
  })
  const statuses = countStatuses(greedily)
  return {
    n: tasks.length,
    greedy: { accuracy: statuses.correct / Math.max(1, tasks.length), correct: statuses.correct, statuses },
    sampled: job.samples > 0 ? summariseSamples(byRow, job.samples) : null,
    maxNewTokens,
    tokens: [...greedily, ...sampled].reduce((sum, { tokens }) => sum + tokens.length, 0),
    seconds: (performance.now() - begin) / 1000,
  }
}
