/** How the values of a trajectory's states are searched; engine/gpo/search.ts does it. Pure. */
import type { CriticalRule } from './critical-step'

export const SEARCHES = ['exhaustive', 'bisect', 'adaptive'] as const
export type Search = (typeof SEARCHES)[number]

/** Why a search cannot find what the rule asks for; null if it can. */
export function searchProblem(search: Search, rule: CriticalRule): string | null {
  if (search === 'bisect' && rule !== 'undecided')
    return `Bisection finds an undecided state and nothing else, but the rule is "${rule}": choose "undecided" as the critical step, or another search.`
  if (search === 'adaptive' && rule === 'random')
    return 'A random step does not depend on values: search every state, or choose another rule.'
  return null
}
