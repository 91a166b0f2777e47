/** `gpo study --list`, `--report` and `--check`: what there is to see of studies without running them. */

import type { Store } from '@main/store/query'
import type { StudyRecord } from '@main/store/studies'
import { checkStudy, refuseProblems } from '@main/studies/check'
import { exportStudy } from '@main/studies/export'
import { studyDetails, studyList } from '@main/studies/overview'
import { problemsOf, resultsOf } from '@main/studies/results'
import { STUDY_FORMATS, type StudyFormat } from '@shared/contract/studies'
import { GpoError } from '@shared/errors'
import { rowNumber } from '@shared/row-number'
import { BUDGETS, type Budget, type Study } from '@shared/schemas/study'
import { formatSeconds, formatTable, formatTime, type Output } from './output'

export function listStudies(store: Store, output: Output): number {
  const studies = studyList(store, null)
  for (const study of studies) output.json(study)
  if (studies.length === 0) {
    output.line(`no studies in ${store.file} yet: start one with \`gpo study FILE.json\` or \`gpo study --of RUN\``)
    return 0
  }
  const rows = studies.map(({ id, name, state, arms, tasks, seeds, runs, createdAt }) => [
    id,
    state,
    name,
    `${tasks} × ${arms} × ${seeds}`,
    `${runs.finished}/${runs.total}`,
    formatTime(createdAt),
  ])
  output.line(formatTable([['id', 'state', 'name', 'tasks × arms × seeds', 'runs', 'created'], ...rows]))
  for (const { id, error } of studies) if (error?.code === 'storage') output.note(`study ${id}: ${error.message}`)
  return 0
}

function oneOf<T extends string>(value: string, known: readonly T[], flag: string): T {
  const found = known.find((one) => one === value)
  if (found) return found
  throw new GpoError('usage', `${flag} ${value} is not known; choose one of ${known.join(', ')}`)
}

export interface ReportFlags {
  readonly budget?: string
  readonly format: string
  readonly task?: string
}

/** @throws {GpoError} 'usage' for an unknown budget or format */
export function reportStudy(store: Store, study: StudyRecord, flags: ReportFlags, output: Output): number {
  const budget: Budget | undefined = flags.budget === undefined ? undefined : oneOf(flags.budget, BUDGETS, '--budget')
  const format: StudyFormat = oneOf(flags.format, STUDY_FORMATS, '--format')
  const results = resultsOf(store, study)
  output.json({ ...studyDetails(store, study, false), results })
  output.line(exportStudy(study.document, results, { format, budget, task: flags.task }).text.trimEnd())
  return 0
}

/** Problems that are listed on each side. */
const LISTED = 20

const firstLine = (prompt: string | null) => (prompt ?? '').trim().replaceAll(/\s+/g, ' ').slice(0, 100)

/** Which problems an arm solves and the base does not, and the reverse. @param task the first one if it is omitted */
export async function showProblems(
  store: Store,
  study: StudyRecord,
  arm: string,
  task: string | undefined,
  output: Output,
): Promise<number> {
  const { tasks } = study.document
  const found = await problemsOf(store, study, { task: task ?? tasks[0]?.name ?? '', arm, limit: LISTED })
  const { base, problems, seeds, armOnlyCount, baseOnlyCount, always, never } = found
  output.json(found)
  output.line(
    `${problems} problems, ${seeds} seeds; both solve ${always} in all of them, neither solves ${never} in any`,
  )
  const sides = [
    { list: found.armOnly, count: armOnlyCount, better: arm, other: base },
    { list: found.baseOnly, count: baseOnlyCount, better: base, other: arm },
  ]
  for (const { list, count, better, other } of sides) {
    output.line()
    output.line(
      `${count} that ${better} solves in more seeds than ${other}${count > list.length ? `; the first ${list.length}` : ''}`,
    )
    if (list.length > 0)
      output.line(
        formatTable([
          ['row', arm, base, 'prompt'],
          ...list.map((one) => [String(rowNumber(one.row)), String(one.arm), String(one.base), firstLine(one.prompt)]),
        ]),
      )
  }
  return 0
}

/** Prints problems, warnings and the estimate. @throws {GpoError} 'plan' naming every problem */
export async function checkedStudy(store: Store, document: Study, output: Output): Promise<void> {
  const report = await checkStudy(store, document, false)
  output.json({ name: document.name, ...report })
  for (const warning of report.warnings) output.note(`warning: ${warning}`)
  refuseProblems(report)
  const { tasks, arms, seeds } = document
  const time =
    report.seconds === null
      ? 'no run like these was measured yet, so there is no estimate'
      : `about ${formatSeconds(report.seconds)}`
  output.line(`${report.runs} runs (${tasks.length} × ${arms.length} × ${seeds.length}: tasks, arms, seeds): ${time}`)
}
