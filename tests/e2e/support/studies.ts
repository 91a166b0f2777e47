/** A study that is done, without training: its runs and what they would have recorded. */
import { join } from 'node:path'
import { openStore } from '@main/store/open'
import { recordEvents } from '@main/store/record-events'
import { createRun, endRun, newRunId, startRun } from '@main/store/runs'
import { claimStudy, endStudy, joinStudy, studyCells } from '@main/store/studies'
import { beginStudy } from '@main/studies/begin'
import { encodeOutcomes } from '@shared/schemas/outcomes'
import { studySchema } from '@shared/schemas/study'
import { planOf } from '@shared/study/cells'
import { smallPlan } from './runs'

const PROBLEMS = 20
const OWNER = { pid: process.pid, startedAt: '1' }
/** Before every run that a journey trains. */
const BEFORE = Date.UTC(2026, 0, 1)

/** The guided arm solves more problems after each iteration, the base arm few more. */
function evaluation(arm: string, seed: number, iteration: number) {
  const right = 6 + iteration * (arm === 'guided' ? 4 : 1) + (seed % 2)
  const statuses = { correct: right, wrong: PROBLEMS - right, unparseable: 0, truncated: 0, timeout: 0 }
  const problems = encodeOutcomes(
    Array.from({ length: PROBLEMS }, (_, row) => ({ row, isRight: (row * 7 + seed) % PROBLEMS < right })),
  )
  const accuracy = right / PROBLEMS
  return {
    type: 'evaluation',
    iteration,
    n: PROBLEMS,
    correct: right,
    accuracy,
    statuses,
    meanTokens: 9,
    problems,
  } as const
}

/** @returns the study's id */
export function writeStudy(home: string): string {
  const { name: _, seed: __, gpo: ___, ...plan } = smallPlan()
  const document = studySchema.parse({
    name: 'guided or not, at a length that a narrow window has to wrap',
    question: 'Does resetting to critical steps help here, or does the base algorithm learn as much?',
    plan,
    arms: [
      { name: 'base', changes: { 'gpo.criticalStep': 'none' }, why: 'The base algorithm, without guidance.' },
      { name: 'guided', changes: { 'gpo.criticalStep': 'max' } },
      { name: 'guided, with a larger learning rate', changes: { 'optimiser.learningRate': 0.001 } },
    ],
    base: 'base',
    seeds: [1, 2, 3],
  })
  const store = openStore(join(home, 'runs.db'))
  try {
    const { id } = beginStudy(store, document)
    claimStudy(store, id, OWNER)
    for (const cell of studyCells(store, id)) {
      const own = planOf(document, cell)
      const run = createRun(store, { id: newRunId(BEFORE), name: own.name ?? '', plan: own }, BEFORE).id
      joinStudy(store, id, cell.position, run)
      startRun(store, run, OWNER, BEFORE)
      recordEvents(store, run, [
        evaluation(cell.arm, cell.seed, 0),
        ...[1, 2].flatMap((iteration) => [
          {
            type: 'metrics' as const,
            iteration,
            values: { num_tokens: 900, 'gpo/generated_tokens': 4000, step_time: 1.5, reward: 0.4 },
          },
          evaluation(cell.arm, cell.seed, iteration),
        ]),
      ])
      endRun(store, run, OWNER, { status: 'completed' }, BEFORE + 60_000)
    }
    endStudy(store, id, OWNER, { state: 'done' })
    return id
  } finally {
    store.close()
  }
}
