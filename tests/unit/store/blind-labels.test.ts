/** Pairs of continuations that a person judges, and their agreement with values and verdicts. */
import { blindAgreement, blindPair, insertBlindLabel } from '@main/store/blind-labels'
import type { Store } from '@main/store/query'
import { insertTrajectories, listTrajectories } from '@main/store/trajectories'
import type { ContinuationRecord, TrajectoryRecord } from '@shared/schemas/trajectory'
import { expect, it } from 'vitest'
import { errorOf, newRun, open, trajectory } from './fixtures'

const continuation = (
  state: number,
  text: string,
  reward: 0 | 1,
  more: Partial<ContinuationRecord> = {},
): ContinuationRecord => ({
  ...{ state, purpose: 'value', trained: false, tokens: 3, text, reward, status: reward ? 'correct' : 'wrong' },
  ...more,
})

const valued: Partial<TrajectoryRecord> = {
  steps: [
    { start: 0, end: 1, text: 'one\n' },
    { start: 1, end: 2, text: 'two\n' },
  ],
  states: [
    { successes: 1, samples: 2, value: 0.5 },
    { successes: 2, samples: 2, value: 1 },
    { successes: 0, samples: 0, value: 1 },
  ],
  continuations: [
    continuation(0, 'A\n', 1),
    continuation(0, 'B\n', 0),
    continuation(1, 'C\n', 1),
    continuation(1, '', 0, { unfinished: true, tokens: 0 }),
    continuation(1, 'D\n', 1, { purpose: 'reset', trained: true }),
  ],
}

function filled(store: Store, more: Partial<TrajectoryRecord> = valued) {
  const run = newRun(store)
  insertTrajectories(store, run, [trajectory(1, 0, more)])
  return { run, id: listTrajectories(store, run).rows[0]!.id }
}

it('shows whole answers from states of different values, and not what was measured', () => {
  const store = open()
  const { run, id } = filled(store)
  const seen = new Set<string>()
  for (let i = 0; i < 200; i++) {
    const pair = blindPair(store, run)!
    expect(pair.trajectory).toBe(id)
    expect(Object.keys(pair).toSorted()).toEqual(['left', 'leftText', 'prompt', 'right', 'rightText', 'trajectory'])
    seen.add(`${pair.leftText}|${pair.rightText}`)
  }
  // Never two of one state, none that ended early, none that was trained on.
  expect([...seen].toSorted()).toEqual(['A\n|one\nC\n', 'B\n|one\nC\n', 'one\nC\n|A\n', 'one\nC\n|B\n'])
})

it('has no pair where all values are the same', () => {
  const store = open()
  const { run } = filled(store, { ...valued, states: valued.states!.map((state) => ({ ...state, value: 1 })) })
  expect(blindPair(store, run)).toBeNull()
  expect(blindPair(store, newRun(store, 'empty'))).toBeNull()
})

it('counts agreement with values and with verdicts', () => {
  const store = open()
  const { run, id } = filled(store)
  expect(blindAgreement(store, run)).toEqual({ judged: 0, value: { of: 0, agreed: 0 }, verdict: { of: 0, agreed: 0 } })
  expect(insertBlindLabel(store, id, { left: 0, right: 2, chosen: 'left' })).toEqual({
    ...{ leftValue: 0.5, rightValue: 1, leftStatus: 'correct', rightStatus: 'correct' },
  })
  insertBlindLabel(store, id, { left: 2, right: 1, chosen: 'left' })
  insertBlindLabel(store, id, { left: 1, right: 2, chosen: 'right' })
  insertBlindLabel(store, id, { left: 1, right: 2, chosen: 'neither' })
  expect(blindAgreement(store, run)).toEqual({ judged: 4, value: { of: 3, agreed: 2 }, verdict: { of: 2, agreed: 2 } })
})

it('refuses continuations that are not there', () => {
  const store = open()
  const { id } = filled(store)
  expect(errorOf(() => insertBlindLabel(store, id, { left: 0, right: 99, chosen: 'left' })).code).toBe('usage')
})
