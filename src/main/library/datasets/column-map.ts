/** The columns that a person mapped, and the columns of a file that must be read. Knows no files. */
import { GpoError } from '@shared/errors'
import { DATASET_ROLES, type DatasetRole } from '@shared/schemas/dataset'
import * as names from './names'
import type { WantedColumns } from './read/parquet-child'

/** Role to a column, or to a path. */
export type ColumnMap = ReadonlyMap<DatasetRole, string>

/** Checks the roles a person wrote. Throws GpoError('data') at a role that does not exist. */
export function parseColumnMap(columns: Readonly<Record<string, string>> | undefined): ColumnMap {
  const map = new Map<DatasetRole, string>()
  for (const [name, column] of Object.entries(columns ?? {})) {
    const role = DATASET_ROLES.find((candidate) => candidate === name)
    if (role === undefined) {
      throw new GpoError(
        'data',
        `columns: "${name.slice(0, 100)}" is not a role; the roles are ${DATASET_ROLES.join(', ')}`,
      )
    }
    map.set(role, column)
  }
  return map
}

/** A path and all its prefixes: which of them is a column is only known when the columns are. */
const beginningsOf = (path: string): readonly string[] => {
  const ends = [...path.matchAll(/[.[]/g)].map(({ index }) => path.slice(0, index))
  return [...ends, path]
}

/** The columns to read from a file with more columns. */
export function wantedColumns(map: ColumnMap): WantedColumns {
  const known: readonly string[] = [
    ...names.PROMPTS,
    ...names.CHATS,
    ...names.CHOICE_ANSWERS,
    ...names.COMPLETIONS,
    ...names.CHOSEN,
    ...names.REJECTED,
    ...names.CARRYING,
    ...['label', 'split', 'subset', 'partition'],
  ]
  const mapped = [...map.values()].flatMap((path) => [path, ...path.split(',').map((one) => one.trim())])
  const whole = known.map((name) => beginningsOf(name)[0] ?? name).join('|')
  return { names: [...new Set(mapped.flatMap(beginningsOf))], pattern: `${names.CHOICE_COLUMN.source}|^(${whole})$` }
}
