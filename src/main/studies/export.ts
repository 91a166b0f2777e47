/** A study's report and figure as texts to copy or save. */
import type { StudyFormat, StudyText } from '@shared/contract/studies'
import { GpoError } from '@shared/errors'
import type { Budget, Study } from '@shared/schemas/study'
import { shown } from '@shared/shown'
import { studyFigure } from '@shared/study/figure'
import { csvReport } from '@shared/study/report-csv'
import { markdownReport } from '@shared/study/report-markdown'
import type { StudyResults } from '@shared/study/results'

export interface ExportWish {
  readonly format: StudyFormat
  /** Axis of the figure; what a table shows beside the fixed measure, all budgets if it is omitted. */
  readonly budget?: Budget
  /** Task of the figure; the first if it is omitted. */
  readonly task?: string
}

const KINDS: Readonly<Record<StudyFormat, { readonly ending: string; readonly mediaType: string }>> = {
  markdown: { ending: 'md', mediaType: 'text/markdown' },
  csv: { ending: 'csv', mediaType: 'text/csv' },
  svg: { ending: 'svg', mediaType: 'image/svg+xml' },
  json: { ending: 'json', mediaType: 'application/json' },
}

/** The name as a file's, which no system refuses. */
export const fileStem = (name: string): string =>
  name
    .replaceAll(/[^\p{L}\p{N}.-]+/gu, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '')
    .slice(0, 60) || 'study'

function textOf(study: Study, results: StudyResults, { format, budget, task }: ExportWish): string {
  switch (format) {
    case 'markdown':
      return markdownReport(study, results, budget)
    case 'csv':
      return csvReport(study, results, budget)
    case 'json':
      return `${JSON.stringify({ study, results }, null, 2)}\n`
    case 'svg': {
      const found = task === undefined ? results.tasks[0] : results.tasks.find((one) => one.task === task)
      if (!found) throw new GpoError('notFound', `The study ${study.name} has no task ${shown(task)}.`)
      return studyFigure(study, found, budget ?? 'updates')
    }
  }
}

export function exportStudy(study: Study, results: StudyResults, wish: ExportWish): StudyText {
  const { ending, mediaType } = KINDS[wish.format]
  return { fileName: `${fileStem(study.name)}.${ending}`, mediaType, text: textOf(study, results, wish) }
}
