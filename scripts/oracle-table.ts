/**
 * The measured part of docs/parity.md: a table of families, and one of published models, of the numbers that the tests noted in tests/parity/oracles.
 * `npm run oracle-table` writes them; a test fails if they are outdated.
 */
import { ARCHITECTURE_CONFIGS } from '../tests/support/architectures'
import {
  ORACLE_COLUMNS,
  type OracleColumn,
  oracleValues,
  type RealComparison,
  realComparisons,
} from '../tests/support/oracle-values'

const HEADS: Readonly<Record<OracleColumn, string>> = {
  logits: 'logits',
  'lora-gradients': 'gradients of adapters',
  'full-gradients': 'gradients of every weight',
  greedy: 'greedy tokens, all equal',
  'exported-folder': 'exported folder in transformers',
  'exported-adapter': 'exported adapter in PEFT',
  gguf: 'exported GGUF in llama.cpp',
  'gguf-adapter': 'GGUF adapter in llama.cpp',
}

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [row(head), row(head.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(row)].join('\n')

const architectureOf = (json: object) => String(Object.entries(json).find(([key]) => key === 'architectures')?.[1])

/** The random models of each family. */
export function families(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const [name, json] of Object.entries(ARCHITECTURE_CONFIGS)) {
    const family = architectureOf(json)
    found.set(family, [...(found.get(family) ?? []), name])
  }
  return found
}

/** Null where nothing was noted. */
export function measured(column: OracleColumn, names: readonly string[]): number | null {
  const values = oracleValues(column)
  const known = names.flatMap((name) => (name in values ? [values[name]!] : [])) // of the line before
  if (known.length === 0) return null
  return column === 'greedy' ? known.reduce((a, b) => a + b, 0) : Math.max(...known)
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹'

/** 3.1e-6 → 3.1·10⁻⁶ */
function small(value: number): string {
  const [digits, exponent = '0'] = value.toExponential(1).split('e-')
  return `${digits}·10⁻${[...exponent].map((digit) => SUPERSCRIPTS[Number(digit)]).join('')}`
}

function shown(column: OracleColumn, value: number | null): string {
  if (value === null) return '–'
  return column === 'greedy' ? String(value) : small(value)
}

function familyTable(): string {
  const rows = [...families()].map(([family, names]) => [
    `\`${family}\``,
    ...ORACLE_COLUMNS.map((column) => shown(column, measured(column, names))),
  ])
  return table(['family', ...ORACLE_COLUMNS.map((column) => HEADS[column])], rows)
}

const comparison = ({ texts, equal, tokens, logprob, mean, gap }: RealComparison) => [
  `${equal} of ${texts}`,
  String(tokens),
  logprob.toPrecision(2),
  mean.toPrecision(2),
  equal === texts ? '–' : gap.toPrecision(2),
]

function realTable(): string {
  const head = ['file', 'beside', 'texts equal', 'tokens', 'largest difference', 'mean', 'largest gap']
  const rows = Object.entries(realComparisons()).flatMap(([file, found]) =>
    Object.entries(found).map(([what, numbers]) => [file, what, ...comparison(numbers)]),
  )
  return table(head, rows)
}

const between = (document: string, name: string, text: string): string => {
  const [start, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`]
  const [from, to] = [document.indexOf(start), document.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/parity.md has no ${start} before ${end}`)
  return `${document.slice(0, from + start.length)}\n${text}\n${document.slice(to)}`
}

/** @param document docs/parity.md as it is */
export const withOracleTables = (document: string): string =>
  between(between(document, 'families', familyTable()), 'published models', realTable())
