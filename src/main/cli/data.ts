/** `gpo data FILE`. */

import { type DatasetReport, describeDataset } from '@main/library/datasets/describe'
import { datasetPath, modelPath } from '@main/paths'
import { loadTokenizer } from '@main/text/tokenizer/tokenizer'
import { createVerifier } from '@main/text/verifier/index'
import { rowNumber } from '@shared/row-number'
import type { Delimiter } from '@shared/schemas/dataset'
import { VERDICT_STATUSES } from '@shared/schemas/verifier'
import { shown } from '@shared/shown'
import { parseVerifier } from './jobs'
import { formatTable, type Output } from './output'

export interface DataFlags {
  readonly verifier?: string
  /** Model whose tokenizer counts the tokens. */
  readonly model: string
  readonly columns?: Readonly<Record<string, string>>
  /** Train, validation, test. */
  readonly part?: string
  readonly delimiter?: Delimiter
}

const MAX_SHOWN = 20

const lengthRow = (name: string, lengths: DatasetReport['promptTokens']) =>
  lengths ? [name, ...[lengths.min, lengths.median, lengths.p95, lengths.max].map(String)] : [name, '-', '-', '-', '-']

/** Which columns were read and which were not. */
function columnLines({ roles, unused, notes, part, parts, shared, evaluationPart }: DatasetReport): string[] {
  const used = Object.entries(roles).map(([role, column]) => (role === column ? role : `${role} = ${column}`))
  const both = shared?.first
    ? [
        `  ${shared.count} rows of ${evaluationPart} are in ${part} too (first: row ${rowNumber(shared.first.evaluation)} is row ${rowNumber(shared.first.train)})`,
      ]
    : []
  return [
    ...(part === null ? [] : [`parts: ${parts.map(({ name }) => name).join(', ')}; read: ${part}`, ...both]),
    `used: ${used.join(', ')}`,
    `unused: ${unused.join(', ') || 'nothing'}`,
    ...notes.map((note) => `note: ${note}`),
  ]
}

function describeReport(report: DatasetReport, output: Output): void {
  output.line(`${report.path}: layout ${report.layout} (${report.kind}), ${report.rows} rows, ${report.usable} usable`)
  for (const line of columnLines(report)) output.line(line)
  for (const { line, reason } of report.badRows.slice(0, MAX_SHOWN)) output.line(`  line ${line}: ${reason}`)
  if (report.badRowCount > MAX_SHOWN)
    output.line(`  … and ${report.badRowCount - MAX_SHOWN} more bad rows (--json lists them)`)
  output.line()
  output.line(
    formatTable([
      ['tokens', 'min', 'median', '95 %', 'max'],
      lengthRow('prompt', report.promptTokens),
      lengthRow('answer', report.answerTokens),
    ]),
  )
  if (!report.verifier || !report.verifierConfig) return
  const { tried, statuses, failures, notes } = report.verifier
  output.line()
  output.line(
    `verifier ${report.verifierConfig.kind}, tried on ${tried} reference answers: ${VERDICT_STATUSES.filter(
      (s) => statuses[s] > 0,
    )
      .map((s) => `${statuses[s]} ${s}`)
      .join(', ')}`,
  )
  for (const { row, status, completion, extracted, reference } of failures)
    output.line(
      `  row ${rowNumber(row)}: ${status}: ${extracted === null ? `nothing in ${shown(completion.slice(-80))}` : shown(extracted, 80)} for ${shown(reference, 40)}`,
    )
  for (const { row, note } of notes) output.line(`  row ${rowNumber(row)}: ${note}`)
}

export async function describeData(
  file: string,
  { verifier, model, columns, part, delimiter }: DataFlags,
  output: Output,
): Promise<number> {
  const tokenizer = loadTokenizer(modelPath(model))
  const report = await describeDataset(datasetPath(file), {
    ...(columns ? { columns } : {}),
    ...(part ? { part } : {}),
    ...(delimiter ? { delimiter } : {}),
    countTokens: (text) => tokenizer.encode(text, { addSpecialTokens: false }).length,
    verifier: (config) => createVerifier(config),
    ...(verifier ? { verifierConfig: parseVerifier(verifier) } : {}),
  })
  output.json(report)
  describeReport(report, output)
  return 0
}
