/** Looking at recorded advantages through another rule. Pure: what the run did is not changed. */

export type ViewRule = 'max' | 'maxAbs' | 'min'

const SCORES: Readonly<Record<ViewRule, (advantage: number) => number>> = {
  max: (a) => a,
  maxAbs: Math.abs,
  min: (a) => -a,
}

/** The first step with the highest score; null where there are no steps. */
export function criticalBy(rule: ViewRule, advantages: readonly number[]): number | null {
  let best: number | null = null
  advantages.forEach((advantage, i) => {
    if (best === null || SCORES[rule](advantage) > SCORES[rule](advantages[best]!)) best = i
  })
  return best
}
