/** What every part of the page works with. */
import type { DatasetItem } from '@shared/contract/datasets'
import type { ModelItem } from '@shared/contract/models'
import type { DraftValue, PlanDraft } from '@shared/plan/draft'
import type { PlanFacts } from '@shared/plan/facts'
import { type DescribedLeaf, describedById } from '@shared/plan/fields'
import type { PlanIssue } from '@shared/plan/issue'
import type { Plan } from '@shared/schemas/plan'
import { createContext, useContext } from 'react'

export interface PlanForm {
  readonly draft: PlanDraft
  readonly set: (id: string, value: DraftValue | undefined) => void
  /** Changes several settings at once. */
  readonly merge: (values: Readonly<Record<string, DraftValue | undefined>>) => void
  /** The whole plan; null while a setting is missing or out of its range. */
  readonly plan: Plan | null
  readonly issues: readonly PlanIssue[]
  /** Facts about the model and data; those of the previous plan while the newest one is being checked. */
  readonly facts: PlanFacts | null
  readonly isChecking: boolean
  readonly isAdvanced: boolean
  readonly models: readonly ModelItem[]
  readonly datasets: readonly DatasetItem[]
}

export const PlanFormContext = createContext<PlanForm | null>(null)

export function usePlanForm(): PlanForm {
  const form = useContext(PlanFormContext)
  if (!form) throw new Error('usePlanForm outside of the form')
  return form
}

export const settingElementId = (id: string): string => `setting-${id.replaceAll(/[^\w]/g, '-')}`

/** Tries to find a setting on the page, which may still be loading. */
const TRIES = 40
const TRY_MS = 60

/** Scrolls to a setting and focuses it, after the form has rendered it; of a kind that is not chosen, to the choice of the kind. */
export function showSetting({ leaf }: Pick<DescribedLeaf, 'leaf'>, tries = TRIES): void {
  window.setTimeout(() => {
    const element = document.getElementById(settingElementId(leaf.id))
    const field = element?.querySelector<HTMLElement>('input, textarea, button, [role="radio"]')
    element?.scrollIntoView({ block: 'center' })
    if (field) field.focus({ preventScroll: true })
    else if (tries > 0) showSetting({ leaf }, tries - 1)
    else if (leaf.variant !== null) showSetting(describedById(`${leaf.path.split('.')[0]}.kind`), 1)
  }, TRY_MS)
}
