import {
  handContinuations,
  insertHandContinuations,
  insertPair,
  listPairs,
  placeOf,
  removeHandContinuations,
  removePair,
} from '@main/store/hand-made'
import { criticalPositions } from '@main/store/positions'
import { insertTrajectories, listTrajectories } from '@main/store/trajectories'
import type { TrajectoryRecord } from '@shared/schemas/trajectory'
import { expect, it } from 'vitest'
import { newRun, open } from './fixtures'

const trajectory = (iteration: number, index: number, step: number): TrajectoryRecord => ({
  iteration,
  index,
  row: 7,
  prompt: 'p',
  reference: '1',
  text: 'ab',
  tokens: 2,
  reward: 1,
  status: 'correct',
  extracted: '1',
  steps: [0, 1, 2].map((i) => ({ start: i, end: i + 1, text: 'x' })),
  states: [],
  critical: { rule: 'max', step, advantage: 0.5, confidence: 0.9 },
  continuations: [],
})

const made = {
  state: 1,
  checkpoint: 4,
  temperature: 1,
  seed: 9,
  tokens: 3,
  text: 'abc',
  reward: 0,
  status: 'wrong' as const,
}

it('samples by hand stay with their place when the run records the trajectory again', () => {
  const store = open(':memory:')
  const run = newRun(store)
  insertTrajectories(store, run, [trajectory(3, 0, 1)])
  const { id } = listTrajectories(store, run).rows[0]!
  const place = placeOf(store, id)
  const [first] = insertHandContinuations(store, place, [made, { ...made, state: 2 }])
  expect(handContinuations(store, place).map(({ state }) => state)).toEqual([1, 2])
  removeHandContinuations(store, [first!.id])
  expect(handContinuations(store, place)).toMatchObject([{ state: 2, text: 'abc', checkpoint: 4, status: 'wrong' }])
  expect(handContinuations(store, { ...place, index: 1 })).toEqual([])
  expect(() => placeOf(store, id + 1)).toThrow('There is no trajectory')
})

it('pairs are kept, listed newest first and removed', () => {
  const store = open(':memory:')
  const run = newRun(store)
  const place = { run, iteration: 3, index: 0 }
  insertPair(store, place, { state: 1, prompt: 'p', chosen: 'a', rejected: 'b' })
  const newest = insertPair(store, place, { state: 2, prompt: 'p', chosen: 'c', rejected: 'd' })
  expect(listPairs(store, run).map(({ chosen }) => chosen)).toEqual(['c', 'a'])
  removePair(store, newest)
  expect(listPairs(store, run)).toMatchObject([{ iteration: 3, index: 0, state: 1, rejected: 'b' }])
})

it('critical positions are counted by iteration and tenth', () => {
  const store = open(':memory:')
  const run = newRun(store)
  expect(criticalPositions(store, run)).toEqual({ columns: [], points: [], total: 0 })
  insertTrajectories(store, run, [trajectory(2, 0, 0), trajectory(2, 1, 2), trajectory(5, 0, 1)])
  const { columns, points, total } = criticalPositions(store, run)
  expect(total).toBe(3)
  expect(columns.map(({ iteration }) => iteration)).toEqual([2, 3, 4, 5])
  expect(columns[0]!.counts).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 1])
  expect(columns[3]!.counts[5]).toBe(1)
  expect(points.map(({ position }) => position).sort()).toEqual([0, 0.5, 1])
})
