/** A study's results, computed again only when one of its runs has recorded something. */
import { loadInputs } from '@main/runs/prepare'
import { listEvaluations } from '@main/store/evaluations'
import type { Store } from '@main/store/query'
import type { StudyRecord } from '@main/store/studies'
import { GpoError } from '@shared/errors'
import type { Study } from '@shared/schemas/study'
import { shown } from '@shared/shown'
import { planOf } from '@shared/study/cells'
import { studyResults } from '@shared/study/evaluate'
import { problemDifferences } from '@shared/study/problems'
import type { ProblemDifferences, StudyResults } from '@shared/study/results'
import { cellRuns, evidenceOf } from './evidence'

interface Kept {
  readonly stamp: string
  readonly results: StudyResults
}

const kept = new WeakMap<Store, Map<string, Kept>>()

/** Changes with everything that results are made of. */
const stampOf = (store: Store, id: string): string =>
  JSON.stringify(
    cellRuns(store, id).map(({ leftOut, record }) =>
      record
        ? [
            record.id,
            record.status,
            record.error,
            listEvaluations(store, record.id).map((one) => [one.iteration, one.correct]),
          ]
        : leftOut,
    ),
  )

export function resultsOf(store: Store, study: StudyRecord): StudyResults {
  const known = kept.get(store) ?? new Map<string, Kept>()
  kept.set(store, known)
  const stamp = stampOf(store, study.id)
  const last = known.get(study.id)
  if (last?.stamp === stamp) return last.results
  const results = studyResults(study.document, evidenceOf(store, study))
  known.set(study.id, { stamp, results })
  return results
}

/** Characters of a prompt that are shown. */
const PROMPT = 300

/** Prompts of the held-out rows; empty where the data cannot be read any more. */
async function promptsOf(study: Study, task: string): Promise<ReadonlyMap<number, string>> {
  try {
    const seed = study.seeds[0] ?? 0
    const { evaluation } = await loadInputs(planOf(study, { task, arm: study.base, seed }))
    return new Map(evaluation.map(({ row, prompt }) => [row, prompt.slice(0, PROMPT)]))
  } catch (error) {
    if (error instanceof GpoError) return new Map()
    throw error
  }
}

/** @throws {GpoError} 'notFound' for a task or an arm that the study does not have */
export async function problemsOf(
  store: Store,
  study: StudyRecord,
  { task, arm, limit }: { readonly task: string; readonly arm: string; readonly limit: number },
): Promise<ProblemDifferences> {
  const { document } = study
  const isKnown = document.tasks.some(({ name }) => name === task) && document.arms.some(({ name }) => name === arm)
  if (!isKnown)
    throw new GpoError('notFound', `The study ${document.name} has no task ${shown(task)} with an arm ${shown(arm)}.`)
  const runs = evidenceOf(store, study).runs.filter((run) => run.task === task)
  const found = problemDifferences(document, runs, arm, limit)
  const prompts = await promptsOf(document, task)
  const withPrompts = (list: ProblemDifferences['armOnly']) =>
    list.map((one) => ({ ...one, prompt: prompts.get(one.row) ?? null }))
  return { ...found, armOnly: withPrompts(found.armOnly), baseOnly: withPrompts(found.baseOnly) }
}
