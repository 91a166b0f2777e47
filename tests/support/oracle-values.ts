/**
 * What the comparisons with other implementations found, for the table in docs/parity.md: one file of numbers for each of its columns, in
 * tests/parity/oracles. UPDATE_ORACLES=1 writes them.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ARCHITECTURE_CONFIGS } from './architectures'

export const ORACLE_COLUMNS = [
  'logits',
  'lora-gradients',
  'full-gradients',
  'greedy',
  'exported-folder',
  'exported-adapter',
  'gguf',
  'gguf-adapter',
] as const
export type OracleColumn = (typeof ORACLE_COLUMNS)[number]

/** By the name of the random model: the largest difference over the largest number; of greedy text, the number of tokens, all of them equal. */
export type OracleValues = Readonly<Record<string, number>>

const FOLDER = resolve(import.meta.dirname, '../parity/oracles')
const fileOf = (column: OracleColumn) => join(FOLDER, `${column}.json`)

export const oracleValues = (column: OracleColumn): OracleValues =>
  existsSync(fileOf(column)) ? JSON.parse(readFileSync(fileOf(column), 'utf8')) : {}

/** Two digits: the last ones differ between machines. Of several values of one model, the largest is kept. */
export function noteOracle(column: OracleColumn, name: string, value: number): void {
  if (!process.env['UPDATE_ORACLES']) return
  const noted = written.has(column) ? oracleValues(column) : {}
  written.add(column)
  const all = { ...noted, [name]: Math.max(noted[name] ?? 0, Number(value.toPrecision(2))) }
  const ordered = Object.keys(ARCHITECTURE_CONFIGS).filter((one) => one in all)
  const lines = ordered.map((one) => `  ${JSON.stringify(one)}: ${all[one]}`)
  writeFileSync(fileOf(column), `{\n${lines.join(',\n')}\n}\n`)
}
/** Columns of this process: what was noted before it is not kept. */
const written = new Set<OracleColumn>()

/** The largest difference, over the largest expected number. */
export function relativeDifference(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length || expected.length === 0)
    throw new Error(`${found.length} numbers instead of ${expected.length}`)
  let [difference, largest] = [0, 0]
  for (let i = 0; i < expected.length; i++) {
    if (!Number.isFinite(found[i]!)) throw new Error(`${found[i]} at index ${i}`)
    difference = Math.max(difference, Math.abs(found[i]! - expected[i]!))
    largest = Math.max(largest, Math.abs(expected[i]!))
  }
  return difference / largest
}
