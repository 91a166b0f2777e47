/** What an evaluation found, in words and numbers: accuracies never without rows and interval. */
import { formatCount } from '@renderer/lib/format'
import type { Pairing } from '@shared/contract/evaluations'
import { wilsonInterval } from '@shared/interval'
import type { EvaluationState, EvaluationSummary } from '@shared/schemas/evaluation'

export const STATE_WORDS: Readonly<Record<EvaluationState, string>> = {
  queued: 'waits for its turn',
  running: 'running',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
  interrupted: 'interrupted',
}

export const isOpen = ({ state }: EvaluationSummary): boolean => state === 'queued' || state === 'running'

const points = (share: number) => (100 * share).toFixed(1)

/** "90 % interval 57.1 to 66.7 %" of a share of rows. */
export const intervalWords = (correct: number, n: number): string => rangeWords(wilsonInterval(correct, n))

const rangeWords = ([low, high]: readonly [number, number]) => `90 % interval ${points(low)} to ${points(high)} %`

export interface Figure {
  readonly label: string
  /** As a share. */
  readonly value: number
  /** The number of rows, if the value is a share of them. */
  readonly detail: string
}

/** Greedy accuracy, then pass@k and majority@k where samples were taken. */
export function figuresOf({ result }: EvaluationSummary): Figure[] {
  if (!result) return []
  const { n, greedy, sampled } = result
  const figures: Figure[] = [
    {
      label: 'Greedy accuracy',
      value: greedy.accuracy,
      detail: `${formatCount(greedy.correct)} of ${formatCount(n)} rows, ${intervalWords(greedy.correct, n)}`,
    },
  ]
  if (!sampled) return figures
  for (const [k, value] of Object.entries(sampled.passAtK)) {
    const what =
      k === '1'
        ? 'mean share of right samples'
        : `at least one of ${k} samples is right, estimated from ${sampled.samples}`
    const detail = `${what}, ${rangeWords(sampled.passAtKIntervals[k] ?? [0, 1])}`
    figures.push({ label: `pass@${k}`, value, detail })
  }
  const won = Math.round(sampled.majorityAtK * n)
  figures.push({
    label: `majority@${sampled.samples}`,
    value: sampled.majorityAtK,
    detail: `the most frequent answer is right in ${formatCount(won)} of ${formatCount(n)} rows, ${intervalWords(won, n)}`,
  })
  return figures
}

/** What was asked, in a line. */
export function settingsWords({ settings, result }: EvaluationSummary): string {
  const { verifier, samples, temperature, maxNewTokens, seed, chatTemplate } = settings
  return [
    `verifier ${verifier.kind}`,
    samples > 0 ? `${samples} samples per row at temperature ${temperature}, seed ${seed}` : 'greedy answers only',
    result && result.maxNewTokens < maxNewTokens
      ? `at most ${formatCount(result.maxNewTokens)} new tokens, where the model’s context ends`
      : `at most ${formatCount(maxNewTokens)} new tokens`,
    ...(chatTemplate ? ['chat template'] : []),
  ].join(' · ')
}

export const PAIRING_WORDS: Readonly<Record<Pairing, string>> = {
  onlyFirst: 'Only A',
  onlySecond: 'Only B',
  both: 'Both',
  neither: 'Neither',
}

export const EMPTY_WORDS: Readonly<Record<Pairing, string>> = {
  onlyFirst: 'There is no row that only A answered correctly.',
  onlySecond: 'There is no row that only B answered correctly.',
  both: 'There is no row that both answered correctly.',
  neither: 'There is no row that neither answered correctly.',
}
