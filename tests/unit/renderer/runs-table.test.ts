import { runsCsv } from '@renderer/features/runs/runs-csv'
import { extendTo, moveBy, NOTHING, targets, toggle, toggleAll } from '@renderer/features/runs/selection'
import {
  durationOf,
  facetOptions,
  filterRuns,
  NO_FILTER,
  nameInStudy,
  nextSorting,
  type SortKey,
  sortRuns,
} from '@renderer/features/runs/table-model'
import type { RunListItem } from '@shared/schemas/run'
import { describe, expect, it } from 'vitest'

const run = (id: string, more: Partial<RunListItem> = {}): RunListItem => ({
  id,
  name: `run ${id}`,
  status: 'completed',
  objective: 'ppo',
  criticalStep: 'max',
  planProblem: null,
  createdAt: 1000,
  startedAt: 2000,
  endedAt: 5000,
  workedMs: 3000,
  resumedAt: null,
  iteration: 10,
  iterations: 10,
  error: null,
  folder: `/runs/${id}`,
  owner: null,
  isReadOnly: false,
  note: '',
  tags: [],
  isArchived: false,
  model: 'bundled:tiny',
  data: '/data/some set.jsonl',
  base: null,
  best: null,
  last: null,
  curve: null,
  study: null,
  ...more,
})
const idsOf = (runs: readonly RunListItem[]) => runs.map(({ id }) => id).join('')

const runs = [
  run('a', { tags: ['paper', 'seed 1'], note: 'Diverged after the warm-up' }),
  run('b', { objective: 'dpo', criticalStep: 'none', status: 'failed', tags: ['paper'] }),
  run('c', { objective: 'sft', model: '/models/big', isArchived: true }),
  run('d', { criticalStep: 'maxAbs', status: 'running' }),
]

it('a run of an experiment is named by what tells it apart; another name stays', () => {
  const study = { study: 's', studyName: 'lr', task: 'the task', arm: 'high', seed: 2 }
  expect(nameInStudy(run('a', { name: 'lr · high · seed 2', study }))).toBe('high · seed 2')
  expect(nameInStudy(run('a', { name: 'my best', study }))).toBe('my best')
  expect(nameInStudy(run('a', { name: 'lr · high · seed 2' }))).toBe('lr · high · seed 2')
  const both = [run('a', { study }), run('b')]
  expect(idsOf(filterRuns(both, { ...NO_FILTER, experiment: ['lr'] }))).toBe('a')
  expect(facetOptions(both, NO_FILTER, 'experiment')).toEqual([{ value: 'lr', count: 1 }])
})

describe('filtering', () => {
  it('hides archived runs unless they are requested', () => {
    expect(idsOf(filterRuns(runs, NO_FILTER))).toBe('abd')
    expect(idsOf(filterRuns(runs, { ...NO_FILTER, withArchived: true }))).toBe('abcd')
  })

  it('takes any of the values within a field, all of the fields', () => {
    expect(idsOf(filterRuns(runs, { ...NO_FILTER, status: ['failed', 'running'] }))).toBe('bd')
    expect(idsOf(filterRuns(runs, { ...NO_FILTER, tag: ['paper'], objective: ['PPO'] }))).toBe('a')
    expect(idsOf(filterRuns(runs, { ...NO_FILTER, gpo: ['off'], withArchived: true }))).toBe('bc')
  })

  it('finds every word somewhere: name, note, tag, method, data', () => {
    const find = (text: string) => idsOf(filterRuns(runs, { ...NO_FILTER, text }))
    expect(find('diverged')).toBe('a')
    expect(find('PAPER gpo-ppo')).toBe('a')
    expect(find('  some   set ')).toBe('abd')
    expect(find('paper nothing')).toBe('')
  })

  it('counts what choosing in a field would show, and keeps what is chosen', () => {
    expect(facetOptions(runs, NO_FILTER, 'tag')).toEqual([
      { value: 'paper', count: 2 },
      { value: 'seed 1', count: 1 },
    ])
    const filter = { ...NO_FILTER, objective: ['DPO'], text: 'diverged' }
    expect(facetOptions(runs, filter, 'objective')).toEqual([
      { value: 'DPO', count: 0 },
      { value: 'PPO', count: 1 },
    ])
  })
})

describe('sorting', () => {
  const sorted = (key: SortKey, isDescending: boolean, list: readonly RunListItem[]) =>
    idsOf(sortRuns(list, { key, isDescending }, 10_000))

  it('puts runs without a value last, whichever way', () => {
    const list = [
      run('a'),
      run('b', { last: { iteration: 5, correct: 2, n: 10 } }),
      run('c', { last: { iteration: 5, correct: 8, n: 10 } }),
    ]
    expect(sorted('last', true, list)).toBe('cba')
    expect(sorted('last', false, list)).toBe('bca')
  })

  it('counts numbers in names and leaves equal ones as they came', () => {
    const list = [run('a', { name: 'seed 10' }), run('b', { name: 'seed 9' }), run('c', { name: 'Seed 9' })]
    expect(sorted('name', false, list)).toBe('bca')
    expect(sorted('name', true, list)).toBe('abc')
  })

  it('lets a running run last until now, and puts what needs attention first', () => {
    const list = [
      run('a'),
      run('b', { status: 'running', endedAt: null, resumedAt: 4000 }),
      run('c', { startedAt: null }),
    ]
    const queuedAgain = run('d', { status: 'queued', endedAt: null })
    expect(durationOf(queuedAgain, 10_000)).toBeNull()
    expect(sorted('duration', true, list)).toBe('bac')
    expect(sorted('status', false, list)).toBe('bac')
  })

  it('turns round at the second click', () => {
    const first = nextSorting({ key: 'name', isDescending: false }, 'best')
    expect(first).toEqual({ key: 'best', isDescending: true })
    expect(nextSorting(first, 'best')).toEqual({ key: 'best', isDescending: false })
    expect(nextSorting(first, 'name')).toEqual({ key: 'name', isDescending: false })
  })
})

describe('selecting', () => {
  const ids = ['a', 'b', 'c', 'd']
  const chosen = (selection: { selected: ReadonlySet<string> }) => [...selection.selected].sort().join('')

  it('moves within the list, the first press to its beginning', () => {
    const first = moveBy(NOTHING, ids, 1, false)
    expect(first.active).toBe('a')
    expect(moveBy(first, ids, -1, false).active).toBe('a')
    expect(moveBy(first, ids, 99, false).active).toBe('d')
    expect(moveBy(first, [], 1, false)).toBe(first)
  })

  it('extends from where it began', () => {
    const second = moveBy(moveBy(NOTHING, ids, 1, false), ids, 1, false)
    expect(chosen(moveBy(moveBy(second, ids, 1, true), ids, 1, true))).toBe('bcd')
    expect(chosen(extendTo(toggle(NOTHING, 'd'), ids, 'b'))).toBe('bcd')
    expect(chosen(extendTo({ ...NOTHING, anchor: 'gone' }, ids, 'c'))).toBe('c')
  })

  it('selects all, then none', () => {
    const all = toggleAll(toggle(NOTHING, 'b'), ids)
    expect(chosen(all)).toBe('abcd')
    expect(chosen(toggleAll(all, ids))).toBe('')
  })

  it('acts on the selected ones that are shown, else on the one under the keyboard', () => {
    const selection = toggle(toggle(NOTHING, 'a'), 'd')
    expect(targets(selection, ids)).toEqual(['a', 'd'])
    expect(targets(selection, ['b', 'd'])).toEqual(['d'])
    expect(targets({ ...NOTHING, active: 'b' }, ids)).toEqual(['b'])
    expect(targets({ ...NOTHING, active: 'b' }, ['a'])).toEqual([])
  })
})

it('is saved as CSV with what it shows: shares of one, seconds, and no formula', () => {
  const measured = { iteration: 10, n: 300, correct: 150, accuracy: 0.5 }
  const [head, line] = runsCsv([run('a', { name: '=1+1', tags: ['x', 'y'], last: measured })], 9000).split('\r\n')
  const values = Object.fromEntries(head!.split(',').map((name, i) => [name, line!.split(',')[i]]))
  expect(values).toMatchObject({
    ...{
      id: 'a',
      name: "'=1+1",
      method: 'GPO-PPO',
      critical_step: 'max',
      seconds: '3',
      last_accuracy: '0.5',
      rows: '300',
    },
    ...{ base_accuracy: '', tags: 'x y', started: '1970-01-01T00:00:02.000Z', data: '/data/some set.jsonl' },
  })
})
