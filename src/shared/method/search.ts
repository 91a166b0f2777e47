/** How the values of a trajectory's states are searched; engine/gpo/search.ts does it. */
export const SEARCHES = ['exhaustive', 'bisect', 'adaptive'] as const
export type Search = (typeof SEARCHES)[number]
