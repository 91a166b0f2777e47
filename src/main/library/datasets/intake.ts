/**
 * Converts the records of one part of a dataset to examples: collects the first ones, recognises the layout from them, then converts row by row.
 * Knows no files.
 */
import { GpoError } from '@shared/errors'
import type { BadRow, Example } from '@shared/schemas/dataset'
import { type Account, noteRecord, startAccount, usedTwice } from './account'
import { charactersOf } from './characters'
import type { ColumnMap } from './column-map'
import { pathsBelow, valueAt } from './column-path'
import { convertRecord } from './convert'
import type { Fields, RawRecord } from './read/record'
import { type Arrangement, recognise } from './recognise'
import { BadValue } from './values'
import { viewOf, withOwnName } from './view'

const SAMPLE = 100
const MAX_LISTED = 1000
/** Characters of an example: a hundred times what the longest context holds. */
const MAX_CHARACTERS = 10_000_000

interface Waiting {
  readonly line: number
  readonly fields: Fields
  readonly row: number
}

export interface Intake {
  readonly map: ColumnMap
  readonly limit: number
  readonly account: Account
  readonly sample: Waiting[]
  readonly examples: Example[]
  readonly badRows: BadRow[]
  badRowCount: number
  rows: number
  arrangement: Arrangement | null
  /** Fields of the first record that could be mapped. */
  places: readonly string[]
}

export function startIntake(map: ColumnMap, limit = Number.POSITIVE_INFINITY, account = startAccount()): Intake {
  const lists = { sample: [], examples: [], badRows: [], places: [] }
  return { map, limit, account, ...lists, badRowCount: 0, rows: 0, arrangement: null }
}

/** Includes the collected rows, which are not converted yet. */
export function isFull({ examples, sample, limit, arrangement }: Intake): boolean {
  return arrangement !== null && examples.length + sample.length >= limit
}

/** @param row its number in the dataset, from 0 */
export function take(path: string, record: RawRecord, row: number, intake: Intake): void {
  intake.rows++
  if ('reason' in record) {
    refuse(record.line, record.reason, intake)
    return
  }
  const { line, fields } = record
  noteRecord(intake.account, fields)
  if (intake.arrangement !== null) convert({ line, fields, row }, intake.arrangement, intake)
  else {
    intake.sample.push({ line, fields, row })
    if (intake.sample.length >= SAMPLE) settle(path, intake)
  }
}

/** Recognises the layout from the sample and converts the rows that waited for it. @throws {GpoError} 'data' for an unknown one */
export function settle(path: string, intake: Intake): void {
  const waiting = intake.sample.splice(0)
  const fields = waiting.map((record) => record.fields)
  if (fields.length === 0) return
  intake.places = fields[0] ? pathsBelow(fields[0], 10) : []
  refuseAbsent(path, fields, intake)
  const arrangement = recognise(fields, intake.map)
  if (arrangement === null) throw unknownLayout(path, intake)
  intake.arrangement = arrangement
  for (const record of waiting) convert(record, arrangement, intake)
  const twice = usedTwice(intake.account)
  if (twice === null) return
  throw new GpoError('data', `${path}: two columns are called "${twice.slice(0, 100)}"; rename one of them`)
}

function convert({ line, fields, row }: Waiting, arrangement: Arrangement, intake: Intake): void {
  const { layout, firstChoice } = arrangement
  if (intake.examples.length >= intake.limit) return
  try {
    const example = convertRecord(layout, viewOf(fields, arrangement, intake.account.used), row, firstChoice)
    refuseLong(example)
    intake.examples.push(example)
  } catch (error) {
    if (!(error instanceof BadValue)) throw error
    refuse(line, withOwnName(error.message, arrangement), intake)
  }
}

function refuseLong(example: Example): void {
  const characters = charactersOf(example)
  if (characters <= MAX_CHARACTERS) return
  const [found, most] = [characters, MAX_CHARACTERS].map((count) => count.toLocaleString('en'))
  throw new BadValue(`has ${found} characters; at most ${most} are read`)
}

function refuse(line: number, reason: string, intake: Intake): void {
  intake.badRowCount++
  if (intake.badRows.length < MAX_LISTED) intake.badRows.push({ line, reason })
}

/** A mapped column or path that no row of the sample has. */
function refuseAbsent(path: string, sample: readonly Fields[], { map, account, places }: Intake): void {
  for (const [role, column] of map) {
    const isThere = (one: string) => sample.some((fields) => valueAt(fields, one) !== undefined)
    const isList = ['choices', 'context', 'system'].includes(role)
    if (isThere(column) || (isList && column.split(',').every((one) => isThere(one.trim())))) continue
    const found = `its columns are ${listColumns(account.columns, places)}`
    throw new GpoError('data', `${path}: column "${column.slice(0, 100)}", mapped to ${role}, is in no row; ${found}`)
  }
}

function listColumns(columns: ReadonlySet<string>, places: readonly string[] = []): string {
  const names = [...columns].slice(0, 20).map((name) => name.slice(0, 60))
  const all = names.length < columns.size ? `${names.join(', ')}, …` : names.join(', ')
  const below = places.length > 0 ? ` (with ${places.map((place) => place.slice(0, 60)).join(', ')})` : ''
  return `${all || '(none)'}${below}`
}

function unknownLayout(path: string, { account, places }: Intake): GpoError {
  const found = `its columns are ${listColumns(account.columns, places)}`
  const cure = 'map columns to prompt and answer (or chosen and rejected, completion, completion and label)'
  return new GpoError('data', `${path} has no known layout: ${found}; ${cure}`)
}

export function nothingUsable(path: string, { rows, badRows, account }: Intake): GpoError {
  const [first] = badRows
  if (!first) return new GpoError('data', `${path} has no rows; export it again`)
  const found = account.columns.size > 0 ? ` (columns: ${listColumns(account.columns)})` : ''
  const example = `line ${first.line}: ${first.reason}`
  const cure = 'repair the file or map its columns'
  return new GpoError('data', `${path}: none of its ${rows} rows can be used${found}; ${example}; ${cure}`)
}
