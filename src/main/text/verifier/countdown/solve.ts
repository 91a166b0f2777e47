/** One solution of a Countdown puzzle, by search: with it a verifier is tried on a dataset's own rows. */

interface Term {
  readonly value: number
  readonly text: string
}

/** Searches of more numbers take too long: 5 numbers have about 60,000 expressions. */
const MOST_SEARCHED = 5

/** An expression that uses every number once; null if there is none, or more than 5 numbers. */
export function solvePuzzle(numbers: readonly number[], target: number): string | null {
  if (numbers.length > MOST_SEARCHED) return null
  return search(
    numbers.map((value) => ({ value, text: String(value) })),
    target,
  )
}

function search(terms: readonly Term[], target: number): string | null {
  const [first] = terms
  if (first && terms.length === 1) return first.value === target ? first.text : null
  for (const [i, a] of terms.entries()) {
    for (const [j, b] of terms.entries()) {
      if (i === j) continue
      const rest = terms.filter((_, k) => k !== i && k !== j)
      for (const combined of combinations(a, b)) {
        const found = search([...rest, combined], target)
        if (found !== null) return found
      }
    }
  }
  return null
}

function combinations(a: Term, b: Term): Term[] {
  const combined = (operator: string, value: number): Term => ({ value, text: `(${a.text}${operator}${b.text})` })
  const terms = [combined('+', a.value + b.value), combined('*', a.value * b.value)]
  if (a.value > b.value) terms.push(combined('-', a.value - b.value))
  if (b.value > 0 && a.value % b.value === 0) terms.push(combined('/', a.value / b.value))
  return terms
}
