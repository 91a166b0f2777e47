/** The steps of a trajectory at which its outcome turned most, and why the run began anew where it did. */
import type { CriticalRule } from './critical-step'

const signedOf = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`

export interface Turns {
  /** The step with the largest gain of value; null where none gained. */
  readonly helped: number | null
  /** The step with the largest loss of value; null where none lost. */
  readonly hurt: number | null
}

/** Which steps helped and hurt most. @param advantages null where a state was not visited */
export function turnsOf(advantages: readonly (number | null)[]): Turns {
  const best = (sign: 1 | -1) => {
    let at: number | null = null
    let most = 0
    advantages.forEach((value, i) => {
      if (sign * (value ?? 0) <= most) return
      most = sign * (value ?? 0)
      at = i
    })
    return at
  }
  return { helped: best(1), hurt: best(-1) }
}

const WHY: Readonly<Record<CriticalRule, string>> = {
  none: '',
  undecided: 'from there right and wrong answers are most alike in number',
  value: 'from there answers are most often right',
  max: 'that step gained most',
  maxAbs: 'that step changed the value most, up or down',
  min: 'that step lost most',
  random: 'the run takes a step by chance',
}

/** The step that new rollouts began at, and the steps at which the outcome turned most, in a sentence or two. */
export function turnsInWords(
  rule: CriticalRule | null,
  reset: number | null,
  advantages: readonly (number | null)[],
): string {
  const { helped, hurt } = turnsOf(advantages)
  const signed = (step: number) => signedOf(advantages[step] ?? 0)
  const began =
    reset === null || rule === null ? [] : [`New rollouts began before step ${reset + 1}, because ${WHY[rule]}.`]
  return [...began, turnsSentence(helped, hurt, advantages, signed)].join(' ')
}

function turnsSentence(
  helped: number | null,
  hurt: number | null,
  advantages: readonly (number | null)[],
  signed: (step: number) => string,
): string {
  const measured = advantages.filter((advantage) => advantage !== null).length
  if (measured === 0) return 'What single steps changed was not measured: the search visited no two states in a row.'
  const of = measured < advantages.length ? 'Of the steps measured, ' : ''
  const turned = [
    ...(helped === null ? [] : [`step ${helped + 1} helped most (${signed(helped)})`]),
    ...(hurt === null ? [] : [`step ${hurt + 1} hurt most (${signed(hurt)})`]),
  ]
  const sentence = `${of}${turned.length === 0 ? 'no step changed the value' : turned.join(', ')}.`
  return `${sentence[0]!.toUpperCase()}${sentence.slice(1)}`
}
