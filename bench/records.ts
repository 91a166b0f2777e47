/** Records for the benchmarks of the store and the window: varied texts and random values, always the same ones. */
import type { TrainerEvent } from '@shared/schemas/events'
import type { ContinuationRecord, TrajectoryRecord } from '@shared/schemas/trajectory'
import { VERDICT_STATUSES } from '@shared/schemas/verifier'

/** Number of data rows that trajectories belong to. */
const ROWS = 512

/** Numerical Recipes' linear congruential generator: the texts have to differ, not to be random. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

export const random = generator(1)
export const int = (below: number) => Math.floor(random() * below)
const sentence = () => {
  const [a, b] = [int(90), int(90)]
  return `Then ${'abcdefgh'[int(8)]} = ${a} + ${b} = ${a + b}, which is what remains after the trade.\n`
}

function continuation(state: number): ContinuationRecord {
  const reward = int(2)
  const text = `${sentence()}${sentence()}#### ${int(100)}`
  return { state, purpose: 'value', trained: false, tokens: 40, text, reward, status: reward ? 'correct' : 'wrong' }
}

function trajectory(iteration: number, index: number): TrajectoryRecord {
  const steps = Array.from({ length: 6 }, (_, i) => ({ start: i * 20, end: (i + 1) * 20, text: sentence() }))
  const states = Array.from({ length: 7 }, () => ({ successes: int(5), samples: 4, value: int(5) / 4 }))
  return {
    iteration,
    index,
    row: int(ROWS),
    prompt: `Alice has ${int(50)} marbles. ${sentence()}${sentence()}How many are left?`,
    reference: String(int(100)),
    text: steps.map(({ text }) => text).join(''),
    tokens: 120,
    reward: int(5) / 4,
    status: VERDICT_STATUSES[int(5)]!,
    extracted: String(int(100)),
    steps,
    states,
    critical: { rule: 'max', step: int(6), advantage: random() * 2 - 1, confidence: random() },
    continuations: [1, 2, 3, 4].map(continuation),
  }
}

/** @param correct of 256, at most 200 */
export function evaluationOf(iteration: number, correct = 100): TrainerEvent {
  const statuses = { correct, wrong: 200 - correct, unparseable: 20, truncated: 30, timeout: 6 }
  return { type: 'evaluation', iteration, n: 256, correct, accuracy: correct / 256, statuses, meanTokens: 120 }
}

export const trajectoriesAt = (iteration: number, count: number): TrainerEvent => ({
  type: 'trajectories',
  trajectories: Array.from({ length: count }, (_, index) => trajectory(iteration, index)),
})
