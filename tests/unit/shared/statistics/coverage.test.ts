/** How often intervals contain the truth, in simulated studies whose true difference is known. */
import { intervalOf, meanEstimate } from '@shared/statistics/estimate'
import { pairedDifference } from '@shared/statistics/paired'
import { drawsFrom } from '@shared/statistics/random'
import { describe, expect, it } from 'vitest'

const TRUTH = 0.06
const STUDIES = 400

const draw = drawsFrom(7)
const uniform = () => (draw(2 ** 30) + 0.5) / 2 ** 30
const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())

interface World {
  readonly seeds: number
  readonly problems: number
  /** Standard deviations of what a seed changes, and of what the arm changes on single problems. */
  readonly ofSeed: number
  readonly ofProblem: number
}

/** A study: answers are 0 or 1, right with a probability that depends on problem, seed and arm. Differences [S][P]. */
function study({ seeds, problems, ofSeed, ofProblem }: World): number[][] {
  const chances = Array.from({ length: problems }, () => 0.3 + 0.3 * uniform())
  const effects = Array.from({ length: problems }, () => ofProblem * normal())
  return Array.from({ length: seeds }, () => {
    const seed = ofSeed * normal()
    const answer = (chance: number) => (uniform() < Math.min(1, Math.max(0, chance)) ? 1 : 0)
    return chances.map((chance, p) => answer(chance + TRUTH + effects[p]! + seed) - answer(chance))
  })
}

/** Share of studies whose 90 % interval contains the truth. */
function coverage(world: World): number {
  const hits = Array.from({ length: STUDIES }, () => {
    const { low, high } = intervalOf(pairedDifference(study(world))!, 0.9)
    return low <= TRUTH && TRUTH <= high
  })
  return hits.filter(Boolean).length / STUDIES
}

const WORLDS: readonly World[] = [
  { seeds: 3, problems: 100, ofSeed: 0.04, ofProblem: 0 },
  { seeds: 5, problems: 100, ofSeed: 0.04, ofProblem: 0.1 },
  { seeds: 8, problems: 100, ofSeed: 0.03, ofProblem: 0 },
  { seeds: 8, problems: 40, ofSeed: 0, ofProblem: 0.2 },
  { seeds: 5, problems: 200, ofSeed: 0, ofProblem: 0 },
  { seeds: 1, problems: 100, ofSeed: 0, ofProblem: 0.1 },
]

describe('a 90 % interval', () => {
  // 400 studies: a true coverage of 0.90 is found between 0.86 and 0.94 nearly always.
  it.each(WORLDS)(
    'of a paired difference contains the truth about as often ($seeds seeds, $problems problems, σ $ofSeed, $ofProblem)',
    (world) => {
      const share = coverage(world)
      expect(share).toBeGreaterThan(0.855)
      expect(share).toBeLessThan(0.965)
    },
  )

  it('of a mean over five seeds contains the truth about as often', () => {
    const hits = Array.from({ length: 2000 }, () => {
      const { low, high } = intervalOf(meanEstimate(Array.from({ length: 5 }, () => 0.7 + 0.05 * normal()))!, 0.9)
      return low <= 0.7 && 0.7 <= high
    })
    expect(Math.abs(hits.filter(Boolean).length / 2000 - 0.9)).toBeLessThan(0.025)
  })
})
