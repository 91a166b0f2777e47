/** A small study, and the data that its runs would have left. */
import type { EvaluationRecord } from '@shared/schemas/events'
import { encodeOutcomes } from '@shared/schemas/outcomes'
import { type Study, type StudyInput, studySchema } from '@shared/schemas/study'
import { measuredOf, type RunData, runningTotals } from '@shared/study/run-data'

export const input: StudyInput = {
  name: 'guided or not',
  plan: {
    model: { path: 'bundled:tiny' },
    data: { train: { path: 'bundled:shuffled-objects' }, eval: { path: 'bundled:shuffled-objects/test' } },
    verifier: { kind: 'exact' },
    objective: { kind: 'grpo' },
    budget: { iterations: 20 },
  },
  arms: [
    { name: 'base', changes: { 'gpo.criticalStep': 'none' } },
    { name: 'guided', changes: { 'gpo.criticalStep': 'max' }, why: 'It finds the decisive step.' },
  ],
  base: 'base',
  seeds: [1, 2, 3],
}

export const study = (change: Partial<StudyInput> = {}): Study => studySchema.parse({ ...input, ...change })

/** @param right one text for each evaluation: "101" for right, wrong, right of rows 0, 1, 2 */
export function evaluation(iteration: number, right: string): EvaluationRecord {
  const answers = [...right].map((sign, row) => ({ row, isRight: sign === '1' }))
  const correct = answers.filter(({ isRight }) => isRight).length
  const statuses = { correct, wrong: right.length - correct, unparseable: 0, truncated: 0, timeout: 0 }
  return {
    iteration,
    n: right.length,
    correct,
    accuracy: correct / right.length,
    statuses,
    meanTokens: 5,
    problems: encodeOutcomes(answers),
  }
}

interface Outline {
  readonly arm: string
  readonly seed: number
  readonly task?: string
  /** By iteration. */
  readonly right: Readonly<Record<number, string>>
  /** Per iteration. */
  readonly tokens?: number
  readonly isDone?: boolean
}

/** A run of 20 iterations with 10 seconds each; generated tokens are not recorded. */
export function runData({ arm, seed, task = 'the task', right, tokens = 100, isDone = true }: Outline): RunData {
  const evaluations = Object.entries(right).map(([iteration, signs]) => evaluation(Number(iteration), signs))
  const iterations = Array.from({ length: 20 }, (_, i) => i + 1)
  const each = (value: number) =>
    runningTotals(
      iterations,
      iterations.map(() => value),
    )
  return {
    task,
    arm,
    seed,
    run: `${task}-${arm}-${seed}`,
    evaluations,
    spent: { updates: each(1), trained: each(tokens), generated: null, seconds: each(10) },
    measured: measuredOf(evaluations, { metric: 'accuracy', iteration: 'last', confidence: 0.9 }, isDone),
  }
}
