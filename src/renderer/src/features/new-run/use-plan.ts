/** From a draft to a plan with all its issues: the schema's ranges, checks of the plan, checks of its model and data. */
import { useDebouncedValue } from '@mantine/hooks'
import { queries } from '@renderer/lib/api'
import { messageOf } from '@renderer/lib/errors'
import { checkPlan } from '@shared/plan/checks'
import { type PlanDraft, planInput } from '@shared/plan/draft'
import type { PlanFacts } from '@shared/plan/facts'
import { describedByPath } from '@shared/plan/fields'
import { issue, type PlanIssue } from '@shared/plan/issue'
import { rangeWords } from '@shared/plan/range'
import { type Plan, planSchema } from '@shared/schemas/plan'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'

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

interface Parsed {
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

export interface CheckedPlan extends Parsed {
  readonly facts: PlanFacts | null
  readonly isChecking: boolean
}

/** Milliseconds after the last key before model and data are checked. */
const PATIENCE = 300

export function useCheckedPlan(draft: PlanDraft): CheckedPlan {
  const parsed = useMemo(() => parseDraft(draft), [draft])
  const [settled] = useDebouncedValue(parsed.plan, PATIENCE)
  const report = useQuery({
    ...queries.plans.check.queryOptions({ input: { plan: settled as Plan } }),
    enabled: settled !== null,
    placeholderData: keepPreviousData,
    staleTime: 0,
    gcTime: 60_000,
  })
  return useMemo(() => {
    const isFresh = settled === parsed.plan && !report.isPlaceholderData
    const found = parsed.plan === null ? [] : (report.data?.issues ?? [])
    const failed = report.error ? [issue('error', 'model.path', messageOf(report.error))] : []
    return {
      plan: parsed.plan,
      issues: [...parsed.issues, ...found, ...failed],
      facts: report.data?.facts ?? null,
      isChecking: parsed.plan !== null && (!isFresh || report.isPending),
    }
  }, [parsed, settled, report.data, report.error, report.isPlaceholderData, report.isPending])
}
