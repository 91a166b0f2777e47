/** Which runs the table shows, and in which order. Pure. */

import { gpoMode, methodName, objectiveName } from '@renderer/lib/run-names'
import { accuracyOf } from '@shared/best-evaluation'
import { shortPath } from '@shared/plan/short-path'
import type { RunListItem } from '@shared/schemas/run'

/** A run's name without that of its experiment, which a mark beside it stands for: what tells runs apart is at the end. */
export function nameInStudy({ name, study }: Pick<RunListItem, 'name' | 'study'>): string {
  const prefix = study ? `${study.studyName} · ` : ''
  return prefix !== '' && name.startsWith(prefix) && name.length > prefix.length ? name.slice(prefix.length) : name
}

/** An empty list does not filter. */
export interface RunFilter {
  readonly text: string
  readonly status: readonly string[]
  readonly objective: readonly string[]
  readonly gpo: readonly string[]
  readonly model: readonly string[]
  readonly data: readonly string[]
  readonly tag: readonly string[]
  readonly experiment: readonly string[]
  readonly withArchived: boolean
}

export const NO_FILTER: RunFilter = {
  text: '',
  status: [],
  objective: [],
  gpo: [],
  model: [],
  data: [],
  tag: [],
  experiment: [],
  withArchived: false,
}

/** The values by which a run is filtered, per field. */
export const FACETS = {
  status: ({ status }: RunListItem): readonly string[] => [status],
  objective: (run: RunListItem): readonly string[] => [objectiveName(run.objective)],
  gpo: (run: RunListItem): readonly string[] => [gpoMode(run)],
  model: ({ model }: RunListItem): readonly string[] => [shortPath(model)],
  data: ({ data }: RunListItem): readonly string[] => [shortPath(data)],
  tag: ({ tags }: RunListItem): readonly string[] => tags,
  experiment: ({ study }: RunListItem): readonly string[] => (study ? [study.studyName] : []),
} as const
export type Facet = keyof typeof FACETS
export const FACET_NAMES = Object.keys(FACETS) as readonly Facet[]

const searched = (run: RunListItem): string =>
  [
    run.name,
    run.id,
    run.note,
    ...run.tags,
    methodName(run),
    gpoMode(run),
    run.model,
    run.data,
    run.status,
    run.study?.studyName ?? '',
  ]
    .join('\n')
    .toLowerCase()

/** True if every word of the text occurs somewhere in the run's fields. */
function hasText(run: RunListItem, words: readonly string[]): boolean {
  if (words.length === 0) return true
  const text = searched(run)
  return words.every((word) => text.includes(word))
}

/** `without` ignores one field's filter, to count how many runs each of its values would give. */
export function filterRuns(runs: readonly RunListItem[], filter: RunFilter, without?: Facet): RunListItem[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean)
  const facets = FACET_NAMES.filter((facet) => facet !== without && filter[facet].length > 0)
  return runs.filter(
    (run) =>
      (filter.withArchived || !run.isArchived) &&
      facets.every((facet) => FACETS[facet](run).some((value) => filter[facet].includes(value))) &&
      hasText(run, words),
  )
}

export interface FacetOption {
  readonly value: string
  readonly count: number
}

/** The values of a field in the runs that pass the other filters, plus the chosen values, sorted by name. */
export function facetOptions(runs: readonly RunListItem[], filter: RunFilter, facet: Facet): FacetOption[] {
  const counts = new Map<string, number>(filter[facet].map((value) => [value, 0]))
  for (const run of filterRuns(runs, filter, facet))
    for (const value of FACETS[facet](run)) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => a.value.localeCompare(b.value))
}

export const isFiltered = (filter: RunFilter): boolean =>
  filter.text !== '' || FACET_NAMES.some((facet) => filter[facet].length > 0)

export const SORT_KEYS = [
  'status',
  'name',
  'method',
  'model',
  'data',
  'started',
  'duration',
  'base',
  'best',
  'last',
  'curve',
  'tags',
] as const
export type SortKey = (typeof SORT_KEYS)[number]

export interface Sorting {
  readonly key: SortKey
  readonly isDescending: boolean
}

/** What needs attention first. */
const STATUS_ORDER = ['running', 'queued', 'interrupted', 'failed', 'stopped', 'completed']

/** Milliseconds that it has worked, without the time between an end and its resumption; null if it has not started. */
export function durationOf({ status, startedAt, workedMs, resumedAt }: RunListItem, now: number): number | null {
  if (startedAt === null || status === 'queued') return null
  return workedMs + (status === 'running' && resumedAt !== null ? Math.max(0, now - resumedAt) : 0)
}

type Sortable = string | number | null

const SORT_VALUES: Readonly<Record<SortKey, (run: RunListItem, now: number) => Sortable>> = {
  status: ({ status }) => STATUS_ORDER.indexOf(status),
  name: ({ name }) => name,
  method: (run) => `${objectiveName(run.objective)} ${gpoMode(run)}`,
  model: ({ model }) => shortPath(model),
  data: ({ data }) => shortPath(data),
  started: ({ startedAt, createdAt }) => startedAt ?? createdAt,
  duration: durationOf,
  base: ({ base }) => accuracyOf(base),
  best: ({ best }) => accuracyOf(best),
  last: ({ last }) => accuracyOf(last),
  curve: ({ curve }) => (curve?.isReward ? (curve.values.at(-1) ?? null) : null),
  tags: ({ tags }) => (tags.length === 0 ? null : tags.join(', ')),
}

const NAMES = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** Runs without a value come last in both directions; equal ones stay newest first. */
export function sortRuns(runs: readonly RunListItem[], { key, isDescending }: Sorting, now: number): RunListItem[] {
  const valued = runs.map((run) => ({ run, value: SORT_VALUES[key](run, now) }))
  const sign = isDescending ? -1 : 1
  valued.sort((a, b) => {
    if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null)
    if (typeof a.value === 'number' && typeof b.value === 'number') return sign * (a.value - b.value)
    return sign * NAMES.compare(String(a.value), String(b.value))
  })
  return valued.map(({ run }) => run)
}

const DESCENDING_FIRST: readonly SortKey[] = ['started', 'duration', 'base', 'best', 'last']

/** The first click on a column sorts in its usual direction, the next one in the other. */
export const nextSorting = (sorting: Sorting, key: SortKey): Sorting => ({
  key,
  isDescending: sorting.key === key ? !sorting.isDescending : DESCENDING_FIRST.includes(key),
})
