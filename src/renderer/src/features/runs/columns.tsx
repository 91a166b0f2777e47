/** The columns of the table of runs: names, widths and contents. */

import { Sparkline } from '@renderer/charts/sparkline'
import { accuracyWords, afterWords } from '@renderer/lib/accuracy-words'
import { formatDuration, formatNumber, formatTime } from '@renderer/lib/format'
import { gpoMode, isGuided, methodName } from '@renderer/lib/run-names'
import { accuracyOf, type Measured } from '@shared/best-evaluation'
import { shortPath } from '@shared/plan/short-path'
import type { RunCurve, RunListItem } from '@shared/schemas/run'
import type { ReactNode } from 'react'
import { durationOf, type SortKey } from './table-model'

export interface Column {
  readonly key: SortKey
  readonly label: string
  /** An explanation of the label, if it needs one. */
  readonly hint?: string
  /** CSS width; undefined: the remaining space. */
  readonly width?: string
  readonly isNumeric?: boolean
  /** Hidden in a narrow table unless it was chosen. */
  readonly isWide?: boolean
  /** The tooltip of a cell whose text may be clipped. */
  readonly title?: (run: RunListItem) => string
  /** `status` and `name` are drawn by the row. */
  readonly cell?: (run: RunListItem, now: number) => ReactNode
}

const percent = (measured: Measured | null): ReactNode => {
  const share = accuracyOf(measured)
  return share === null ? <span className="quiet">–</span> : (100 * share).toFixed(1)
}

const curveName = ({ isReward }: RunCurve) => (isReward ? 'mean reward' : 'training loss')

const endsOf = ({ values }: RunCurve) => [formatNumber(values[0]!), formatNumber(values.at(-1)!)]

const measuredTitle = (measured: Measured | null): string =>
  measured === null ? 'not evaluated' : `${accuracyWords(measured)}, ${afterWords(measured)}`

/** In whole words; why the plan cannot be read, where that is so. */
export const methodInWords = (run: RunListItem): string =>
  run.planProblem ?? (isGuided(run) ? `${methodName(run)}, critical step: ${gpoMode(run)}` : methodName(run))

export const COLUMNS: readonly Column[] = [
  { key: 'status', label: 'Status', width: '116px' },
  { key: 'name', label: 'Name' },
  {
    key: 'method',
    label: 'Method',
    hint: 'Objective, and with GPO the rule that picks the critical step',
    width: '144px',
    title: methodInWords,
    cell: (run) => (
      <>
        {run.planProblem === null ? methodName(run) : <span className="quiet">plan unreadable</span>}
        {isGuided(run) && <span className="quiet"> {gpoMode(run)}</span>}
      </>
    ),
  },
  {
    key: 'model',
    label: 'Model',
    width: '7%',
    isWide: true,
    title: ({ model }) => model,
    cell: ({ model }) => shortPath(model),
  },
  { key: 'data', label: 'Data', width: '11.5%', title: ({ data }) => data, cell: ({ data }) => shortPath(data) },
  {
    key: 'started',
    label: 'Started',
    width: '102px',
    title: ({ startedAt, createdAt }) =>
      startedAt === null ? `created ${new Date(createdAt).toLocaleString()}` : new Date(startedAt).toLocaleString(),
    cell: ({ startedAt }) => (startedAt === null ? <span className="quiet">–</span> : formatTime(startedAt)),
  },
  {
    key: 'duration',
    label: 'Duration',
    hint: 'How long it has worked, without the time between an interruption and its resumption',
    width: '80px',
    isNumeric: true,
    cell: (run, now) => {
      const ms = durationOf(run, now)
      return ms === null ? <span className="quiet">–</span> : formatDuration(ms / 1000)
    },
  },
  {
    key: 'base',
    label: 'Base %',
    hint: 'Accuracy on held-out data before training',
    width: '60px',
    isNumeric: true,
    title: ({ base }) => measuredTitle(base),
    cell: ({ base }) => <span className="quiet">{percent(base)}</span>,
  },
  {
    key: 'best',
    label: 'Best %',
    hint: 'Best accuracy on held-out data since training began',
    width: '60px',
    isNumeric: true,
    title: ({ best }) => measuredTitle(best),
    cell: ({ best }) => percent(best),
  },
  {
    key: 'last',
    label: 'Last %',
    hint: 'Last accuracy on held-out data',
    width: '60px',
    isNumeric: true,
    title: ({ last }) => measuredTitle(last),
    cell: ({ last }) => <b>{percent(last)}</b>,
  },
  {
    key: 'curve',
    label: 'Reward',
    hint: 'Mean reward over the run, sorted by its end; of a run without rewards, its loss',
    width: '84px',
    title: ({ curve }) => (curve === null ? '' : `${curveName(curve)} ${endsOf(curve).join(' → ')}`),
    cell: ({ curve }) =>
      curve && (
        <Sparkline
          values={curve.values}
          width={72}
          label={`The ${curveName(curve)} over the run, from ${endsOf(curve).join(' to ')}`}
          isQuiet={!curve.isReward}
        />
      ),
  },
  {
    key: 'tags',
    label: 'Tags',
    width: '9%',
    isWide: true,
    title: ({ tags }) => tags.join(', '),
    cell: ({ tags }) => <Tags tags={tags} />,
  },
]

export const Tags = ({ tags }: { readonly tags: readonly string[] }) => (
  <span className="runs-tags">
    {tags.map((tag) => (
      <span key={tag} className="runs-tag">
        {tag}
      </span>
    ))}
  </span>
)
