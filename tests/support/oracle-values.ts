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

/** From the project's folder, where npm starts every script. */
const FOLDER = resolve('tests/parity/oracles')
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

/** A published model beside another program, over the prompts of tests/parity/gguf_model.py. */
export interface RealComparison {
  readonly texts: number
  /** Whole texts that are the same. */
  readonly equal: number
  readonly tokens: number
  /** Largest difference of a token's log-probability, nats. */
  readonly logprob: number
  /** The mean of those differences. */
  readonly mean: number
  /** Where texts first differ, how much less probable than ours the other token is to us, at most, nats. */
  readonly gap: number
}
export type RealComparisons = Readonly<Record<string, Readonly<Record<string, RealComparison>>>>

const realFile = join(FOLDER, 'real-models.json')
export const realComparisons = (): RealComparisons =>
  existsSync(realFile) ? JSON.parse(readFileSync(realFile, 'utf8')) : {}

export function noteReal(model: string, what: string, value: RealComparison): void {
  if (!process.env['UPDATE_ORACLES']) return
  const short = Object.fromEntries(Object.entries(value).map(([key, n]) => [key, Number(n.toPrecision(4))]))
  const all = realComparisons()
  const next = { ...all, [model]: { ...all[model], [what]: short } }
  writeFileSync(realFile, `${JSON.stringify(next, null, 2)}\n`)
}

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
