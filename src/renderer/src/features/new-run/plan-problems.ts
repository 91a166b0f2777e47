/** The problems of a draft: one list, derived from the draft and its last check, never kept. Pure. */
import { checkPlan } from '@shared/plan/checks'
import { type PlanDraft, planInput, valueAt } from '@shared/plan/draft'
import { describedByPath } from '@shared/plan/fields'
import { issue, type PlanIssue } from '@shared/plan/issue'
import { rangeWords } from '@shared/plan/range'
import { type Plan, planSchema } from '@shared/schemas/plan'

const MISSING: Readonly<Record<string, string>> = {
  'model.path': 'Choose a model.',
  'data.train.path': 'Choose training data.',
  objective: 'Choose an objective.',
  'objective.kind': 'Choose an objective.',
  'verifier.pattern': 'Write a pattern.',
}
const HOME: Readonly<Record<string, string>> = {
  objective: 'objective.kind',
  data: 'data.train.path',
  model: 'model.path',
}

export interface Parsed {
  readonly plan: Plan | null
  readonly issues: readonly PlanIssue[]
}

/** The schema's errors, worded for the field. */
export function parseDraft(draft: PlanDraft): Parsed {
  const result = planSchema.safeParse(planInput(draft))
  if (result.success) return { plan: result.data, issues: checkPlan(result.data) }
  const issues = result.error.issues.map(({ path, message }) => {
    const at = path.map(String).join('.')
    const place = HOME[at] ?? at
    const described = describedByPath(draft, place)
    const range = described && rangeWords(described.leaf)
    const text = described && draft[described.leaf.id] === undefined ? MISSING[place] : undefined
    return issue('error', place, text ?? (range ? `Expected: ${range}.` : `${message}.`))
  })
  return { plan: null, issues }
}

/** Problems that were found in another plan, as far as this one has the same values there. */
export const stillTrue = (issues: readonly PlanIssue[], of: Plan, now: Plan): readonly PlanIssue[] =>
  of === now
    ? issues
    : issues.filter(({ path }) => JSON.stringify(valueAt(of, path)) === JSON.stringify(valueAt(now, path)))

/** Each problem once, errors first: a plan's own check and that of its model and data may find the same. */
export function eachOnce(issues: readonly PlanIssue[]): readonly PlanIssue[] {
  const known = new Map(issues.map((one) => [`${one.severity} ${one.path} ${one.message}`, one]))
  const rank = { error: 0, warning: 1, hint: 2 } as const
  return [...known.values()].sort((a, b) => rank[a.severity] - rank[b.severity])
}
