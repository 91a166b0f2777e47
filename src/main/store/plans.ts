/** The plans of runs. One that this version cannot read is told in a sentence, so that its run is still listed. */
import type { CriticalRule } from '@shared/method/critical-step'
import { type ObjectiveKind, type Plan, planSchema } from '@shared/schemas/plan'
import { safeLine } from '@shared/shown'
import { jsonOf } from './json-column'
import type { Store } from './query'

type Read = { readonly plan: Plan } | { readonly problem: string }

export function readPlan(text: string): Read {
  const value = jsonOf(text)
  if (value === undefined) return { problem: 'Its plan is damaged (it is no JSON): restore a copy of the database.' }
  const parsed = planSchema.safeParse(value)
  if (parsed.success) return { plan: parsed.data }
  const [issue] = parsed.error.issues
  const where = issue === undefined ? '' : ` (${safeLine(`${issue.path.join('.')}: ${issue.message}`, 300)})`
  return { problem: `Its plan cannot be read by this version${where}: open it with the one that made it.` }
}

/** What lists show of a plan; both are null where it cannot be read. */
export interface PlanFacts {
  readonly objective: ObjectiveKind | null
  readonly criticalStep: CriticalRule | null
  readonly problem: string | null
}

function factsOf(text: string): PlanFacts {
  const read = readPlan(text)
  if ('problem' in read) return { objective: null, criticalStep: null, problem: read.problem }
  return { objective: read.plan.objective.kind, criticalStep: read.plan.gpo.criticalStep, problem: null }
}

/** By run, with the text they were read from: a plan is read once. */
const known = new WeakMap<Store, Map<string, { readonly text: string; readonly facts: PlanFacts }>>()

export function planFacts(store: Store, run: string, text: string): PlanFacts {
  const ofStore = known.get(store) ?? new Map()
  known.set(store, ofStore)
  const entry = ofStore.get(run)
  if (entry?.text === text) return entry.facts
  const facts = factsOf(text)
  ofStore.set(run, { text, facts })
  return facts
}
