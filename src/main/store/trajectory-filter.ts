/** From filters and cursors of the explorer to SQL conditions. Values are always bound, never part of the text. */
import { GpoError } from '@shared/errors'
import type { Range, TrajectoryFilter, TrajectoryOrder } from '@shared/schemas/run'
import type { SqlValue } from './query'
import { wordQuery } from './word-query'

export interface Condition {
  readonly sql: string
  readonly params: readonly SqlValue[]
}

const inRange = (column: string, { min, max }: Range = {}): (Condition | false)[] => [
  min !== undefined && { sql: `${column} >= ?`, params: [min] },
  max !== undefined && { sql: `${column} <= ?`, params: [max] },
]

/** False for a text without a word. */
function containing(text: string): Condition | false {
  const query = wordQuery(text)
  if (query === null) return false
  return { sql: '+t.id IN (SELECT rowid FROM trajectory_words WHERE trajectory_words MATCH ?)', params: [query] }
}

/** The plus stops the query planner from using that index, after which it would have to sort. */
export function conditionsOf({
  iteration,
  iterations,
  row,
  statuses,
  reward,
  minAdvantage,
  position,
  text,
  upTo,
}: TrajectoryFilter): Condition[] {
  const conditions: (Condition | false)[] = [
    iteration !== undefined && { sql: 't.iteration = ?', params: [iteration] },
    ...inRange('t.iteration', iterations),
    row !== undefined && { sql: 't.row = ?', params: [row] },
    statuses !== undefined && {
      sql: 't.status IN (SELECT value FROM json_each(?))',
      params: [JSON.stringify(statuses)],
    },
    ...inRange('t.reward', reward),
    minAdvantage !== undefined && { sql: '+t.magnitude >= ?', params: [minAdvantage] },
    ...inRange('t.position', position),
    text !== undefined && text !== '' && containing(text),
    upTo !== undefined && { sql: '+t.id <= ?', params: [upTo] },
  ]
  return conditions.filter((condition) => condition !== false)
}

interface Ordering {
  readonly orderBy: string
  /** A condition for the rows after a cursor, whose values are in the order of `keys`. */
  readonly after: string
  readonly keys: readonly ('magnitude' | 'iteration' | 'index')[]
}

export const ORDERINGS: Readonly<Record<TrajectoryOrder, Ordering>> = {
  newest: {
    orderBy: 't.iteration DESC, t.item DESC',
    after: '(t.iteration, t.item) < (?, ?)',
    keys: ['iteration', 'index'],
  },
  oldest: { orderBy: 't.iteration, t.item', after: '(t.iteration, t.item) > (?, ?)', keys: ['iteration', 'index'] },
  advantage: {
    orderBy: 't.magnitude DESC, t.iteration DESC, t.item DESC',
    after: '(t.magnitude, t.iteration, t.item) < (?, ?, ?)',
    keys: ['magnitude', 'iteration', 'index'],
  },
}

export const cursorAt = (
  order: TrajectoryOrder,
  keys: Readonly<Record<'magnitude' | 'iteration' | 'index', number>>,
): string => [order, ...ORDERINGS[order].keys.map((key) => keys[key])].join(' ')

/** @throws {GpoError} 'usage' for a cursor that did not come from a page in this order */
export function afterCursor(order: TrajectoryOrder, cursor: string): Condition {
  const [ofOrder, ...parts] = cursor.split(' ')
  const params = parts.map(Number)
  if (ofOrder === order && params.length === ORDERINGS[order].keys.length && params.every(Number.isFinite)) {
    return { sql: ORDERINGS[order].after, params }
  }
  throw new GpoError('usage', `"${cursor}" is not a page cursor for the order ${order}: start from the first page.`)
}
