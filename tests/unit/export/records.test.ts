import { pairsOf, sampledStates, stepwiseOf, unpairedOf } from '@main/export/records'
import type { ContinuationRecord, TrajectoryRecord } from '@shared/schemas/trajectory'
import { describe, expect, it } from 'vitest'
import { trajectory } from '../store/fixtures'

const continuation = (state: number, text: string, reward: number): ContinuationRecord => ({
  state,
  purpose: 'value',
  trained: false,
  tokens: 3,
  text,
  reward,
  status: reward > 0.5 ? 'correct' : 'wrong',
})

const guided = trajectory(1, 0, {
  continuations: [
    continuation(0, 'Two.\nIt is 4.', 1),
    continuation(0, 'Two.\nIt is 5.', 0),
    continuation(1, 'That is 4.', 1),
    continuation(1, 'That is 5.', 0),
    continuation(1, 'That is 6.', 0),
    continuation(1, 'It makes 4.', 1),
  ],
})

/** Without GPO: a trajectory is a continuation of its prompt. */
const plain = (index: number, row: number, text: string, reward: number): TrajectoryRecord =>
  trajectory(1, index, {
    row,
    text,
    reward,
    status: reward > 0.5 ? 'correct' : 'wrong',
    steps: [],
    states: [],
    critical: null,
    continuations: [],
  })

const pairs = (trajectories: readonly TrajectoryRecord[], states: 'critical' | 'all', perState = 10) =>
  sampledStates(trajectories, states).flatMap((sampled) => pairsOf(sampled, perState))

describe('pairs', () => {
  it('are continuations of the state before the critical step; the prompt holds the steps before it', () => {
    expect(pairs([guided], 'critical')).toEqual([
      { prompt: 'What is 2 + 2?Two and two.\n', chosen: 'That is 4.', rejected: 'That is 6.' },
      { prompt: 'What is 2 + 2?Two and two.\n', chosen: 'It makes 4.', rejected: 'That is 5.' },
    ])
  })

  it('of all states come in order, at most a given number per state', () => {
    expect(pairs([guided], 'all', 1)).toEqual([
      { prompt: 'What is 2 + 2?', chosen: 'Two.\nIt is 4.', rejected: 'Two.\nIt is 5.' },
      { prompt: 'What is 2 + 2?Two and two.\n', chosen: 'That is 4.', rejected: 'That is 6.' },
    ])
  })

  it('need different rewards and different texts', () => {
    const same = (texts: readonly (readonly [string, number])[]) =>
      pairs(
        [trajectory(1, 0, { continuations: texts.map(([text, reward]) => continuation(1, text, reward)) })],
        'critical',
      )
    expect(
      same([
        ['a', 1],
        ['b', 1],
      ]),
    ).toEqual([])
    expect(
      same([
        ['a', 0],
        ['b', 0],
      ]),
    ).toEqual([])
    expect(same([['a', 1]])).toEqual([])
    expect(
      same([
        ['a', 0.25],
        ['b', 0.75],
        ['c', 0.25],
      ]),
    ).toMatchObject([{ chosen: 'b', rejected: 'c' }])
    expect(
      same([
        ['a', 1],
        ['a', 1],
        ['b', 0],
      ]),
    ).toHaveLength(1)
  })

  it('of a run without GPO are trajectories of one row and iteration', () => {
    const trajectories = [plain(0, 7, 'right', 1), plain(1, 8, 'right too', 1), plain(2, 7, 'wrong', 0)]
    expect(pairs(trajectories, 'critical')).toEqual([{ prompt: 'What is 2 + 2?', chosen: 'right', rejected: 'wrong' }])
  })

  it('are none where the critical step has no continuations', () => {
    expect(pairs([trajectory(1, 0, { critical: null })], 'critical')).toEqual([])
    expect(pairs([trajectory(1, 0, { continuations: [] })], 'all')).toEqual([])
  })
})

describe('labelled completions', () => {
  it('are all continuations of a state, each text once, desirable where correct', () => {
    const [sampled] = sampledStates([guided], 'critical')
    expect(unpairedOf(sampled!).map(({ completion, label }) => [completion, label])).toEqual([
      ['That is 4.', true],
      ['That is 5.', false],
      ['That is 6.', false],
      ['It makes 4.', true],
    ])
  })
})

describe('a completion without text', () => {
  it('is not a record', () => {
    const empty = trajectory(1, 0, { continuations: [continuation(1, ' \n', 0), continuation(1, 'That is 4.', 1)] })
    expect(pairs([empty], 'critical')).toEqual([])
    expect(sampledStates([empty], 'critical').flatMap(unpairedOf)).toHaveLength(1)
  })
})

describe('valued steps', () => {
  it('say of each step whether some continuation after it ended right, and how many did', () => {
    expect(stepwiseOf(guided)).toEqual({
      prompt: 'What is 2 + 2?',
      completions: ['Two and two.\n', 'That is 4.'],
      labels: [true, true],
      values: [0.25, 1],
    })
    expect(stepwiseOf(plain(0, 7, 'right', 1))).toBeNull()
  })
})
