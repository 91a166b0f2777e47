/** From a draft to a plan with all its issues: the schema's ranges, checks of the plan, checks of its model and data. */
import { useDebouncedValue } from '@mantine/hooks'
import { queries } from '@renderer/lib/api'
import { messageOf } from '@renderer/lib/errors'
import type { PlanReport } from '@shared/contract/plans'
import type { PlanDraft } from '@shared/plan/draft'
import type { PlanFacts } from '@shared/plan/facts'
import { issue } from '@shared/plan/issue'
import type { Plan } from '@shared/schemas/plan'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { eachOnce, type Parsed, parseDraft, stillTrue } from './plan-problems'

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
    // Until the new check is done: what the last one found in settings that have not changed since.
    placeholderData: (last: PlanReport | undefined, query) => {
      const asked = query?.queryKey[1] as { readonly input?: { readonly plan: Plan } } | undefined // oRPC's key has the input
      const checked = asked?.input?.plan
      return last && checked && settled ? { ...last, issues: stillTrue(last.issues, checked, settled) } : last
    },
    staleTime: 0,
    gcTime: 60_000,
  })
  return useMemo(() => {
    const isFresh = settled === parsed.plan && !report.isPlaceholderData
    const found = parsed.plan && settled ? stillTrue(report.data?.issues ?? [], settled, parsed.plan) : []
    const failed = report.error ? [issue('error', 'model.path', messageOf(report.error))] : []
    return {
      plan: parsed.plan,
      issues: eachOnce([...parsed.issues, ...found, ...failed]),
      facts: report.data?.facts ?? null,
      isChecking: parsed.plan !== null && (!isFresh || report.isPending),
    }
  }, [parsed, settled, report.data, report.error, report.isPlaceholderData, report.isPending])
}
