/** Studies in words: their progress, the settings of their arms, values that are typed for a sweep. Pure. */
import { formatDuration, plural } from '@renderer/lib/format'
import { parseNumber, valueText } from '@renderer/lib/setting-text'
import type { StudyCell, StudyCounts, StudySummary } from '@shared/contract/studies'
import { isApplicable, type PlanDraft } from '@shared/plan/draft'
import { DESCRIBED_LEAVES, type DescribedLeaf, describedIn, fullLabel } from '@shared/plan/fields'
import { hasEffect } from '@shared/plan/relevance'
import type { Plan } from '@shared/schemas/plan'
import type { Changes, ChangeValue, Study, StudyState } from '@shared/schemas/study'
import { combinationsOf } from '@shared/study/cells'
import { refusedSetting } from '@shared/study/changes'
import { level } from '@shared/study/words'

export const STATE_WORDS: Readonly<Record<StudyState, string>> = {
  queued: 'waits',
  running: 'running',
  paused: 'paused',
  done: 'done',
  failed: 'failed',
}

/** What a person can do with a study now. */
export const canPause = ({ state, isElsewhere }: StudySummary): boolean =>
  (state === 'running' && !isElsewhere) || state === 'queued'
export const canContinue = ({ state }: StudySummary): boolean => state === 'paused' || state === 'failed'
export const canRemove = ({ state }: StudySummary): boolean => state !== 'running'

/** Runs that need no more work. */
export const settled = ({ finished, failed, leftOut }: StudyCounts): number => finished + failed + leftOut

/** "3 of 10 runs done, 1 failed" */
export function progressWords({ total, finished, failed, leftOut }: StudyCounts): string {
  const more = [failed > 0 ? `${failed} failed` : '', leftOut > 0 ? `${leftOut} left out` : ''].filter(Boolean)
  return [`${finished} of ${plural(total, 'run')} done`, ...more].join(', ')
}

/** Empty where no time is left or it is not known yet. */
export function timeLeftWords({ state, secondsLeft, runs }: StudySummary): string {
  if (state === 'done' || settled(runs) === runs.total) return ''
  if (secondsLeft === null) return state === 'running' ? 'time left: known after the first run' : ''
  return state === 'running'
    ? `about ${formatDuration(secondsLeft)} left`
    : `about ${formatDuration(secondsLeft)} of work left`
}

/** Why a run's place in the study has no result yet, or the run's status. */
export const cellWords = ({ status }: StudyCell): string =>
  status === 'waiting' ? 'not begun' : status === 'leftOut' ? 'left out' : status

/** The plans of the study's arms and tasks, as far as they are plans. */
export const plansOf = (study: Study): Plan[] => combinationsOf(study).flatMap(({ plan }) => plan ?? [])

export interface ChangedSetting {
  /** As `--set` takes it. */
  readonly path: string
  readonly label: string
  readonly value: string
}

/** @param plans with the changes */
export const changedSettings = (changes: Changes, plans: readonly Plan[]): ChangedSetting[] =>
  Object.entries(changes).map(([path, value]) => {
    const setting = describedIn(plans, path)
    const text = setting ? valueText(setting, value as Parameters<typeof valueText>[1]) : JSON.stringify(value)
    return { path, label: setting ? fullLabel(setting) : path, value: value === null ? 'default' : text }
  })

/** When the accuracy is taken. */
export const measureWords = ({ measure }: Study): string =>
  measure.iteration === 'last' ? 'after each run’s last iteration' : `after iteration ${measure.iteration} of each run`

export const stopEarlyWords = ({ stopEarly, base }: Study): string =>
  stopEarly
    ? `An arm’s remaining seeds are left out once ${stopEarly.afterSeeds} or more seeds show it worse than ${base}: its ${level(stopEarly.confidence)} interval lies below zero.`
    : 'No arm ends early: every seed is run.'

/** Settings that a sweep over this plan can change, in the form's order. */
export function sweepable(draft: PlanDraft): DescribedLeaf[] {
  const isUsable = ({ leaf, path }: DescribedLeaf) =>
    refusedSetting(path) === null && leaf.type !== 'columns' && isApplicable(draft, leaf) && hasEffect(draft, leaf)
  return DESCRIBED_LEAVES.filter(isUsable)
}

/** Values between commas as a setting takes them; a text that is no number stays one, which the check of the study then refuses. */
export function sweepValues({ leaf }: DescribedLeaf, text: string): Exclude<ChangeValue, null | object>[] {
  const parts = text
    .split(leaf.type === 'text' ? '\n' : /[,;\s]+/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
  const values = [...new Set(parts)]
  if (leaf.type === 'boolean') return values.map((value) => value === 'true')
  if (leaf.type !== 'number' && leaf.type !== 'integer') return values
  return values.map((value) => parseNumber(value) as number | string)
}
