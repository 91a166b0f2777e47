/**
 * When two answers in normalised LaTeX are equal: if they are spelled alike, if they are the same exact number, if their elements are equal (a
 * bare list, a set and a union in any order, tuples and intervals in theirs), or if the computer algebra system says that they are equal for
 * all values of their variables. `x = 5` is 5, but it is not `y = 5`. The deadline is on the clock of `performance.now()`.
 */
import type { Comparison } from './kind'
import { compareFormulas } from './latex-engine'
import { type Collection, collectionOf, sidesOf, statedValue } from './latex-structure'
import { isWithin, wholeNumber } from './rational'

/** Elements are tried against each other, so an unordered collection of more is not compared. */
const MAX_UNORDERED = 16
const ZERO = { n: 0n, d: 1n }

/** Words are compared as words, never multiplied out as products of letters. */
const isWords = (text: string): boolean => /\p{L}{4}/u.test(text.replace(/\\(?:begin|end)\{\w+\}|\\[a-zA-Z]+/g, ' '))

const isOrdered = ({ open }: Collection): boolean => open === '(' || open === '['
const isList = ({ open }: Collection): boolean => open === '' || open === '\\{'

function hasSameForm(a: Collection, b: Collection): boolean {
  if (a.items.length !== b.items.length) return false
  if (isOrdered(a) || isOrdered(b)) return a.open === b.open && a.close === b.close
  return isList(a) === isList(b) && a.items.length <= MAX_UNORDERED
}

function compareItems(a: readonly string[], b: readonly string[], deadline: number): Comparison {
  for (const [i, item] of a.entries()) {
    const outcome = compareAnswers(item, b[i] ?? '', deadline)
    if (outcome !== 'equal') return outcome
  }
  return 'equal'
}

/** The position of an element equal to `item`. */
function findEqual(item: string, others: readonly string[], deadline: number): number | 'different' | 'timeout' {
  let otherwise: 'different' | 'timeout' = 'different'
  for (const [i, other] of others.entries()) {
    const outcome = compareAnswers(item, other, deadline)
    if (outcome === 'equal') return i
    if (outcome === 'timeout') otherwise = outcome
  }
  return otherwise
}

function compareUnordered(a: readonly string[], b: readonly string[], deadline: number): Comparison {
  const left = [...b]
  for (const item of a) {
    const match = findEqual(item, left, deadline)
    if (typeof match === 'string') return match
    left.splice(match, 1)
  }
  return 'equal'
}

function compareCollections(a: Collection, b: Collection, deadline: number): Comparison {
  if (!hasSameForm(a, b)) return 'different'
  return isOrdered(a) ? compareItems(a.items, b.items, deadline) : compareUnordered(a.items, b.items, deadline)
}

/** Without one, `1=1` and `2=2` would be the same equation. */
const hasVariable = (sides: readonly string[]): boolean => /[a-zA-Z]/.test(sides.join('=').replace(/\\[a-zA-Z]+/g, ''))

/** An equation may be written from right to left, and its terms may stand on either side. */
function compareEquations(a: readonly string[], b: readonly string[], deadline: number): Comparison {
  const outcome = compareItems(a, b, deadline)
  if (outcome !== 'different' || a.length !== 2) return outcome
  const reversed = compareItems(a, [...b].reverse(), deadline)
  if (reversed !== 'different' || !hasVariable(a) || [...a, ...b].some((side) => side.includes(','))) return reversed
  const [left = '', right = ''] = a
  const difference = compareMeaning(`${left}-(${right})`, `${b[0]}-(${b[1]})`, deadline)
  return difference === 'different' ? compareMeaning(`${right}-(${left})`, `${b[0]}-(${b[1]})`, deadline) : difference
}

const isLetter = (side: string | undefined): boolean => /^[a-zA-Z]$/.test(side ?? '')

function compareMeaning(a: string, b: string, deadline: number): Comparison {
  if (isWords(a) || isWords(b)) return a.toLowerCase() === b.toLowerCase() ? 'equal' : 'different'
  const left = deadline - performance.now()
  return left > 0 ? compareFormulas(a, b, left) : 'timeout'
}

function compareValues(a: string, b: string, deadline: number): Comparison {
  const [numberA, numberB] = [wholeNumber(a), wholeNumber(b)]
  if (numberA && numberB) return isWithin(numberA.value, numberB.value, ZERO) ? 'equal' : 'different'
  const [manyA, manyB] = [collectionOf(a), collectionOf(b)]
  if (manyA && manyB) return compareCollections(manyA, manyB, deadline)
  return manyA || manyB ? 'different' : compareMeaning(a, b, deadline)
}

export function compareAnswers(left: string, right: string, deadline: number): Comparison {
  if (left === right) return 'equal'
  const [a, b] = [statedValue(left), statedValue(right)]
  const [sidesA, sidesB] = [sidesOf(left), sidesOf(right)]
  const areOfOneVariable = sidesA[0] === sidesB[0] || !isLetter(sidesA[0]) || !isLetter(sidesB[0])
  const areEquations = sidesA.length > 1 && sidesA.length === sidesB.length
  if (a === b && (areOfOneVariable || !areEquations)) return 'equal'
  return areEquations ? compareEquations(sidesA, sidesB, deadline) : compareValues(a, b, deadline)
}
