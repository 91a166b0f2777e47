/** What is decided by hand before a study starts. Pure. */
import type { Study } from '@shared/schemas/study'

/** What a person has changed in a document that was made or opened. */
export interface Edits {
  readonly name?: string
  readonly question?: string
  readonly confidence?: number
  readonly endsEarly?: boolean
  readonly iterations?: number
}

/** Where the document had no such rule. */
export const EARLY = { when: 'worseThanBase', afterSeeds: 3, confidence: 0.99 } as const

/** Iterations that all runs share; null where an arm or a task has its own. */
export function iterationsOf({ plan, arms, tasks }: Study): number | null {
  const budget = plan['budget'] as { readonly iterations?: unknown } | undefined
  const isOwn = [...arms, ...tasks].some(({ changes }) => Object.hasOwn(changes, 'budget.iterations'))
  return typeof budget?.iterations === 'number' && !isOwn ? budget.iterations : null
}

export function edited(study: Study, { name, question, confidence, endsEarly, iterations }: Edits): Study {
  const { stopEarly, ...rest } = study
  const early = endsEarly === undefined ? stopEarly : endsEarly ? (stopEarly ?? EARLY) : undefined
  const asked = question ?? study.question
  const plan =
    iterations === undefined
      ? study.plan
      : { ...study.plan, budget: { ...(study.plan['budget'] as object | undefined), iterations } }
  return {
    ...rest,
    plan,
    name: name ?? study.name,
    ...(asked ? { question: asked } : { question: undefined }),
    measure: { ...study.measure, confidence: confidence ?? study.measure.confidence },
    ...(early ? { stopEarly: early } : {}),
  }
}
