/** What a study found, in one line. Pure. */
import type { Comparison, StudyResults, Verdict } from './results'

const differenceOf = (comparisons: readonly Comparison[], { arm }: Verdict): number =>
  comparisons.find((one) => one.arm === arm && one.basis === 'measure')?.difference ?? 0

/** The verdicts at the fixed measure, over all tasks where there are several; empty before anything can be compared. */
export function measuredVerdicts({ overall, tasks }: StudyResults): readonly Verdict[] {
  const found = (overall ?? tasks[0])?.verdicts ?? []
  return found.filter(({ basis, finding }) => basis === 'measure' && finding !== 'unknown')
}

function others(verdicts: readonly Verdict[], shown?: Verdict): string {
  const of = (finding: Verdict['finding']) => verdicts.filter((one) => one !== shown && one.finding === finding).length
  const parts = [
    [of('better'), 'also better'],
    [of('undecided'), 'undecided'],
    [of('worse'), 'worse'],
  ] as const
  return parts.flatMap(([n, words]) => (n > 0 ? [`${n.toLocaleString('en')} ${words}`] : [])).join(', ')
}

/** The one verdict, or the arm that is furthest ahead of the base and how many others there are; null before anything can be compared. */
export function headlineOf(results: StudyResults): string | null {
  const verdicts = measuredVerdicts(results)
  const [first, second] = verdicts
  if (!first) return null
  if (!second) return first.sentence
  const comparisons = (results.overall ?? results.tasks[0])?.comparisons ?? []
  const best = verdicts
    .filter(({ finding }) => finding === 'better')
    .toSorted((a, b) => differenceOf(comparisons, b) - differenceOf(comparisons, a))[0]
  if (best) return `${best.sentence} Other arms: ${others(verdicts, best)}.`
  return `No arm was found better than ${results.base}: ${others(verdicts)}.`
}
