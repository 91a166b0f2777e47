/** A plan against its model and its data, before anything is loaded. */

import { modelPath } from '@main/paths'
import type { Store } from '@main/store/query'
import type { PlanReport } from '@shared/contract/plans'
import { GpoError } from '@shared/errors'
import { checkFacts } from '@shared/plan/facts'
import { issue, type PlanIssue } from '@shared/plan/issue'
import type { Plan } from '@shared/schemas/plan'
import { adapterOf, isKnownPath, RUN_MODEL } from '../known-paths'
import { otherBase } from '../models/adapter'
import { findModel } from '../models/list'
import { PlanProblem, planFacts } from './facts'

const PAGES = { model: 'Models', dataset: 'Datasets' } as const

/** The window may only name known paths; a plan from a file may name others. */
function unknownPaths(store: Store, plan: Plan): PlanIssue[] {
  const { model, data } = plan
  const adapter = adapterOf(plan)
  const paths = [
    { at: 'model.path', kind: 'model', path: model.path },
    ...(adapter === null ? [] : [{ at: 'adaptation.from', kind: 'model', path: adapter } as const]),
    { at: 'data.train.path', kind: 'dataset', path: data.train.path },
    ...(data.eval ? [{ at: 'data.eval.path', kind: 'dataset', path: data.eval.path } as const] : []),
  ] as const
  return paths
    .filter(({ kind, path }) => !isKnownPath(store, kind, path))
    .map(({ at, kind, path }) => {
      const cure = `add it on the page ${PAGES[kind]}, or choose another`
      return issue('error', at, `${path} is not in the library: ${cure}.`)
    })
}

/** A run's model has the shape of the one that it started from. @throws the setting that cannot be used, as `PlanProblem` */
function onFolder(store: Store, plan: Plan): Plan {
  const { path } = plan.model
  if (!path.startsWith(RUN_MODEL)) return plan
  try {
    const { folder, item } = findModel(store, path)
    if (item.problem !== null) throw new GpoError('model', item.problem)
    return { ...plan, model: { path: folder } }
  } catch (error) {
    throw error instanceof GpoError ? new PlanProblem('model.path', error) : error
  }
}

/** The plan's problems with its model and data, wherever they are. */
export async function factReport(store: Store, plan: Plan): Promise<PlanReport> {
  try {
    const own = onFolder(store, plan)
    const facts = await planFacts(own)
    // The checked shape is the base's; the run's model has other weights.
    const other = otherBase(plan, own === plan ? modelPath(plan.model.path) : plan.model.path)
    const hints = other === null ? [] : [issue('hint', 'adaptation.from', other)]
    return { issues: [...hints, ...checkFacts(plan, facts)], facts }
  } catch (error) {
    if (error instanceof PlanProblem) return { issues: [issue('error', error.path, error.message)], facts: null }
    throw error
  }
}

/** The same for a plan from the window. */
export async function checkedPlan(store: Store, plan: Plan): Promise<PlanReport> {
  const unknown = unknownPaths(store, plan)
  return unknown.length > 0 ? { issues: unknown, facts: null } : factReport(store, plan)
}
