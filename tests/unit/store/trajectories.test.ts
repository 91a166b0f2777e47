import { openStore } from '@main/store/open'
import type { Store } from '@main/store/query'
import {
  getTrajectory,
  insertTrajectories,
  listTrajectories,
  type PageRequest,
  samePromptElsewhere,
  trajectoriesOfRow,
} from '@main/store/trajectories'
import type { TrajectoryRow } from '@shared/schemas/run'
import type { TrajectoryRecord } from '@shared/schemas/trajectory'
import { VERDICT_STATUSES } from '@shared/schemas/verifier'
import { beforeAll, describe, expect, it } from 'vitest'
import { errorOf, newRun, open, sampledTrajectory, trajectory } from './fixtures'

describe('a trajectory', () => {
  it('comes back exactly as it went in', () => {
    const store = open()
    const run = newRun(store)
    const records = [
      trajectory(1, 0),
      trajectory(1, 1, { critical: null, states: [], steps: [], continuations: [], extracted: null }),
      sampledTrajectory(1, 2),
    ]
    insertTrajectories(store, run, records)
    const rows = listTrajectories(store, run, { order: 'oldest' }).rows
    for (const [i, { id }] of rows.entries()) expect(getTrajectory(store, id)).toEqual({ ...records[i], id })
    const columns = 'SELECT engine, policy_version AS version FROM trajectories ORDER BY item'
    expect(store.db.prepare(columns).all()).toEqual([
      { engine: null, version: null },
      { engine: null, version: null },
      { engine: 'http://127.0.0.1:8000', version: 12 },
    ])
  })

  it('is listed light: counts, values, the critical step, the beginning of the text', () => {
    const store = open()
    const run = newRun(store)
    insertTrajectories(store, run, [trajectory(3, 7, { text: 'x'.repeat(500), row: 42 })])
    const [row] = listTrajectories(store, run).rows
    expect(row).toEqual({
      id: row!.id,
      iteration: 3,
      index: 7,
      row: 42,
      tokens: 9,
      reward: 1,
      status: 'correct',
      extracted: '4',
      steps: 2,
      continuations: 1,
      critical: { rule: 'max', step: 1, advantage: 0.75, confidence: 0.9 },
      position: 1,
      values: [0.5, 0.25, 1],
      excerpt: 'x'.repeat(160),
    })
  })

  it('that is not there, or damaged, is an error that names it', () => {
    const store = open()
    insertTrajectories(store, newRun(store), [trajectory(1, 0)])
    expect(errorOf(() => getTrajectory(store, 99)).code).toBe('notFound')
    store.db.prepare(`UPDATE trajectory_bodies SET body = x'ff00ff'`).run()
    const error = errorOf(() => getTrajectory(store, 1))
    expect(error.code).toBe('storage')
    expect(error.message).toContain('Trajectory 1 is damaged')
  })

  it('is followed by its prompt across iterations, not into other runs', () => {
    const store = open()
    const [run, other] = [newRun(store), newRun(store, 'other')]
    for (const each of [run, other]) {
      insertTrajectories(store, each, [
        trajectory(8, 0, { row: 5 }),
        trajectory(8, 1, { row: 6 }),
        trajectory(2, 3, { row: 5 }),
      ])
    }
    const history = trajectoriesOfRow(store, run, 5)
    expect(history.map(({ iteration, index }) => [iteration, index])).toEqual([
      [2, 3],
      [8, 0],
    ])
  })

  it('of an iteration and index that exist is refused, with all of its batch', () => {
    const store = open()
    const run = newRun(store)
    insertTrajectories(store, run, [trajectory(1, 0)])
    expect(() => insertTrajectories(store, run, [trajectory(1, 1), trajectory(1, 0)])).toThrow('UNIQUE')
    expect(listTrajectories(store, run).rows).toHaveLength(1)
  })
})

/** 5,000 trajectories, every property a different function of their number. */
const many: TrajectoryRecord[] = Array.from({ length: 5000 }, (_, n) =>
  trajectory(Math.floor(n / 50) + 1, n % 50, {
    row: n % 97,
    status: VERDICT_STATUSES[n % 5]!,
    reward: (n % 11) / 10,
    text: n % 250 === 3 ? `The 50%_Share of ${n}` : `number ${n}, 50 shares`,
    prompt: n === 1234 ? 'About apples?' : 'About pears?',
    steps: Array.from({ length: 5 }, (_, i) => ({ start: i, end: i + 1, text: `${i}` })),
    critical: n % 7 === 0 ? null : { rule: 'maxAbs', step: n % 5, advantage: ((n % 41) - 20) / 20, confidence: 0.5 },
  }),
)
const criticalPosition = ({ critical }: TrajectoryRecord) => (critical === null ? -1 : critical.step / 4)

describe('a list of 5,000 trajectories', () => {
  let store: Store
  let run: string
  beforeAll(() => {
    store = openStore(':memory:')
    run = newRun(store)
    insertTrajectories(store, newRun(store, 'other'), many.slice(0, 100))
    insertTrajectories(store, run, many)
    return () => store.close()
  })

  /** All pages, one after the other. */
  function walk(request: PageRequest): TrajectoryRow[] {
    const rows: TrajectoryRow[] = []
    let cursor: string | undefined
    do {
      const page = listTrajectories(store, run, { ...request, cursor })
      rows.push(...page.rows)
      cursor = page.next ?? undefined
    } while (cursor !== undefined)
    return rows
  }
  const numberOf = ({ iteration, index }: Pick<TrajectoryRow, 'iteration' | 'index'>) => (iteration - 1) * 50 + index
  const numbers = (rows: readonly TrajectoryRow[]) => rows.map(numberOf)

  it.each<[string, PageRequest['filter'], (t: TrajectoryRecord) => boolean]>([
    ['statuses', { statuses: ['wrong', 'timeout'] }, ({ status }) => status === 'wrong' || status === 'timeout'],
    ['no status', { statuses: [] }, () => false],
    ['a reward range', { reward: { min: 0.3, max: 0.5 } }, ({ reward }) => reward >= 0.3 && reward <= 0.5],
    ['|advantage|', { minAdvantage: 0.8 }, ({ critical }) => Math.abs(critical?.advantage ?? 0) >= 0.8],
    [
      'where the critical step lies',
      { position: { max: 0.5 } },
      (t) => t.critical !== null && criticalPosition(t) <= 0.5,
    ],
    ['text, with % and _ as themselves, either case', { text: '50%_share' }, ({ text }) => text.includes('50%_Share')],
    ['text of the prompt', { text: 'apples' }, ({ prompt }) => prompt.includes('apples')],
    ['an iteration', { iteration: 17 }, ({ iteration }) => iteration === 17],
    ['a row', { row: 13 }, ({ row }) => row === 13],
    [
      'all at once',
      {
        statuses: ['wrong'],
        reward: { min: 0.5 },
        minAdvantage: 0.5,
        position: { min: 0.25, max: 0.75 },
        text: 'number',
      },
      (t) =>
        t.status === 'wrong' &&
        t.reward >= 0.5 &&
        Math.abs(t.critical?.advantage ?? 0) >= 0.5 &&
        criticalPosition(t) >= 0.25 &&
        criticalPosition(t) <= 0.75 &&
        t.text.includes('number'),
    ],
  ])('is filtered by %s', (_, filter, matches) => {
    const expected = many.filter(matches).map(numberOf)
    expect(numbers(walk({ filter, order: 'oldest', limit: 37 }))).toEqual(expected)
    expect(numbers(walk({ filter, limit: 1000 }))).toEqual(expected.reverse())
  })

  it('is walked in pages that neither repeat nor miss a row', () => {
    expect(numbers(walk({ order: 'oldest', limit: 100 }))).toEqual(many.map((_, n) => n))
    expect(listTrajectories(store, run, { limit: 5000 }).next).toBeNull()
    expect(listTrajectories(store, run, { limit: 4999 }).next).not.toBeNull()
  })

  it('is sorted by |advantage|, equal ones newest first, without those that have none', () => {
    const magnitude = (n: number) => Math.abs(many[n]!.critical!.advantage!)
    const guided = many.map((_, n) => n).filter((n) => many[n]!.critical !== null)
    const expected = guided.sort((a, b) => magnitude(b) - magnitude(a) || b - a)
    expect(numbers(walk({ order: 'advantage', limit: 61 }))).toEqual(expected)
  })

  it('stays where it is when rows are added in front', () => {
    const page = listTrajectories(store, run, { limit: 10 })
    insertTrajectories(store, run, [trajectory(1000, 0)])
    const next = listTrajectories(store, run, { limit: 10, cursor: page.next! })
    store.db.prepare('DELETE FROM trajectories WHERE iteration = 1000').run()
    expect(numbers([...page.rows, ...next.rows])).toEqual(Array.from({ length: 20 }, (_, i) => 4999 - i))
  })

  it('walks an index for every order: nothing is sorted', () => {
    const plans = (['newest', 'oldest', 'advantage'] as const).flatMap((order) => {
      const sqlBefore = new Set(store.statements.keys())
      const { next } = listTrajectories(store, run, {
        order,
        limit: 3,
        filter: { minAdvantage: 0.1, reward: { min: 0 } },
      })
      listTrajectories(store, run, {
        order,
        limit: 3,
        cursor: next!,
        filter: { minAdvantage: 0.1, reward: { min: 0 } },
      })
      const fresh = [...store.statements.keys()].filter((sql) => !sqlBefore.has(sql))
      return fresh.map((sql) =>
        JSON.stringify(store.db.prepare(`EXPLAIN QUERY PLAN ${sql.replaceAll('?', '1')}`).all()),
      )
    })
    expect(plans.length).toBe(6)
    for (const plan of plans) {
      expect(plan).toContain('USING INDEX')
      expect(plan).not.toContain('TEMP B-TREE')
    }
  })

  it.each(['', 'newest', 'newest 1', 'newest 1 x', 'oldest 1 2', 'advantage 1 2 3', 'newest 1 2 3'])(
    'refuses the cursor "%s"',
    (cursor) => {
      expect(errorOf(() => listTrajectories(store, run, { cursor })).code).toBe('usage')
    },
  )

  it('refuses a text that is too long to look for', () => {
    expect(errorOf(() => listTrajectories(store, run, { filter: { text: 'a'.repeat(60_000) } })).code).toBe('usage')
  })
})

describe('the same prompt in other runs', () => {
  it('is found by row and prompt, newest run first, without the run itself and removed ones', () => {
    const store = open()
    const [first, second, other, gone] = ['first', 'second', 'other', 'gone'].map((name) => newRun(store, name))
    insertTrajectories(store, first!, [trajectory(1, 0, { row: 7, prompt: 'p' })])
    insertTrajectories(
      store,
      second!,
      [1, 2].map((iteration) => trajectory(iteration, 0, { row: 7, prompt: 'p' })),
    )
    insertTrajectories(store, other!, [
      trajectory(1, 0, { row: 7, prompt: 'another prompt' }),
      trajectory(1, 1, { row: 8, prompt: 'p' }),
    ])
    insertTrajectories(store, gone!, [trajectory(1, 0, { row: 7, prompt: 'p' })])
    store.db.prepare('UPDATE runs SET removed_at = 1 WHERE id = ?').run(gone!)
    const { id } = listTrajectories(store, first!).rows[0]!
    const found = samePromptElsewhere(store, id)
    expect(found.map(({ run, name, rows }) => [run, name, rows.map(({ iteration }) => iteration)])).toEqual([
      [second, 'second', [1, 2]],
    ])
    expect(found[0]!.rows[0]).toEqual(listTrajectories(store, second!, { order: 'oldest' }).rows[0])
  })
})
