/** Rows that do not fit the model's positions: left out and counted, or refused, all of them at once. */

import { GpoError } from '@shared/errors'
import { rowNumber } from '@shared/row-number'
import type { Plan } from '@shared/schemas/plan'

export interface RowLength {
  readonly row: number
  /** Tokens of the prompt, and the most tokens after it. */
  readonly prompt: number
  readonly added: number
}

/** Number of rows that are named; more are only counted. */
const MAX_NAMED = 200

const plural = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`

function namesOf(rows: readonly RowLength[]): string {
  const named = rows
    .slice(0, MAX_NAMED)
    .map(({ row, prompt, added }) => `${rowNumber(row)} (${prompt} + ${added} tokens)`)
  return `${rows.length === 1 ? 'row' : 'rows'} ${named.join(', ')}${rows.length > MAX_NAMED ? ' and more' : ''}`
}

/** What happens to rows that are too long. */
export interface LengthRule {
  /** Most tokens sampled after a prompt; null if nothing is sampled. */
  readonly maxNewTokens: number | null
  /** `mustFit`: too long rows are always refused. */
  readonly tooLong: Plan['data']['tooLong'] | 'mustFit'
}

/** How to make the rows fit: fewer new tokens if the prompts leave room, or fewer rows. */
function cureOf(rows: readonly RowLength[], { maxNewTokens, tooLong }: LengthRule, positions: number): string {
  const room = positions - rows.reduce((most, { prompt }) => Math.max(most, prompt), 0)
  const name = tooLong === 'mustFit' ? 'the limit of new tokens' : 'rollout.maxNewTokens'
  const shorter = maxNewTokens !== null && room >= 1 ? [`set ${name} to ${room} or less (it is ${maxNewTokens})`] : []
  const open = tooLong === 'refuse' ? ['set data.tooLong to leaveOut'] : []
  return [...shorter, 'remove the rows', ...open].join(', or ')
}

export interface Fitting<T> {
  readonly kept: readonly T[]
  /** A sentence on the omitted rows; null if all fit. */
  readonly note: string | null
}

/**
 * @param of the purpose of the rows: training, evaluation
 * @throws {GpoError} 'data' naming all rows that do not fit, if the rule refuses them or none fits
 */
export function fitting<T extends RowLength>(
  rows: readonly T[],
  rule: LengthRule,
  positions: number,
  of: string,
): Fitting<T> {
  const isLong = ({ prompt, added }: RowLength) => prompt + added > positions
  const long = rows.filter(isLong)
  if (long.length === 0) return { kept: rows, note: null }
  const found = `${plural(long.length, 'row', 'rows')} of ${rows.length} for ${of}`
  const why = `longer than the model's ${positions} positions: ${namesOf(long)}`
  if (rule.tooLong !== 'leaveOut' || long.length === rows.length)
    throw new GpoError('data', `${found} ${long.length === 1 ? 'is' : 'are'} ${why}; ${cureOf(long, rule, positions)}`)
  return {
    kept: rows.filter((row) => !isLong(row)),
    note: `${found} left out because ${long.length === 1 ? 'it is' : 'they are'} ${why}`,
  }
}
