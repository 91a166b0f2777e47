/**
 * When two answers in normalised LaTeX are equal: if they are spelled alike; if they are the same words; if they are the same set of numbers; if
 * their elements are equal (a bare list and a set in any order, tuples in theirs); if the values assigned to a name are equal; or if their values
 * are equal for all values of their variables. The deadline is on the clock of `performance.now()`.
 */
import type { Comparison } from '../kind'
import { compareEquations } from './equations'
import { compareFormulas } from './formula'
import { keyOf } from './normalise'
import { compareRanges, isRange, rangesOf } from './ranges'
import { areSameName, isNameOf, sidesOf, statedValue } from './relations'
import { type Collection, collectionOf } from './structure'
import { haveSameUnit, quantityOf } from './units'
import { isName, isWords, wordsKey } from './words'

/** Largest number of elements of an unordered collection, because all of them are compared with each other. */
const MAX_UNORDERED = 24

const isOrdered = ({ open }: Collection): boolean => open !== '' && open !== '\\{'

function hasSameForm(a: Collection, b: Collection): boolean {
  if (a.items.length !== b.items.length) return false
  if (isOrdered(a) || isOrdered(b)) return a.open === b.open && a.close === b.close
  return a.items.length <= MAX_UNORDERED
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

const compareCollections = (a: Collection, b: Collection, deadline: number): Comparison => {
  if (!hasSameForm(a, b)) return 'different'
  return isOrdered(a) ? compareItems(a.items, b.items, deadline) : compareUnordered(a.items, b.items, deadline)
}

/** Null if neither is a set of numbers, or if one cannot be read as such. */
function compareAsRanges(a: string, b: string, deadline: number): Comparison | null {
  if (!isRange(a) && !isRange(b)) return null
  const [x, y] = [rangesOf(a), rangesOf(b)]
  return x && y ? compareRanges(x, y, deadline) : null
}

/** Words beside a formula are equal only if they are spelled alike. */
function compareWords(a: string, b: string): Comparison | null {
  const areNames = isName(a) && isName(b)
  if (!isWords(a) && !isWords(b) && !areNames) return null
  return wordsKey(a) !== '' && wordsKey(a) === wordsKey(b) ? 'equal' : 'different'
}

/** A percent sign on one side only is a unit (50% = 50) or a factor (50% = 0.5): both readings are accepted. */
function compareQuantities(a: string, b: string, deadline: number): Comparison {
  const [x, y] = [quantityOf(a), quantityOf(b)]
  if (!haveSameUnit(x.unit, y.unit)) return 'different'
  const words = compareWords(x.value, y.value)
  if (words) return words
  const outcome = compareFormulas(x.value, y.value, deadline)
  if (outcome !== 'different' || (x.unit === 'percent') === (y.unit === 'percent')) return outcome
  const [percent, other] = x.unit === 'percent' ? [x, y] : [y, x]
  return compareFormulas(`\\frac{${percent.value}}{100}`, other.value, deadline)
}

/** It has a unit or a word that multiplies it. */
function isQuantity(text: string): boolean {
  const { value, unit } = quantityOf(text)
  return unit !== null || value !== text
}

/** `x\in` before a set. */
const MEMBER = /^[a-zA-Z]\s?\\in(?![a-z])\s?/

function compareParts(a: string, b: string, deadline: number): Comparison {
  const ranges = compareAsRanges(a, b, deadline)
  if (ranges) return ranges
  const [manyA, manyB] = [collectionOf(a.replace(MEMBER, '')), collectionOf(b.replace(MEMBER, ''))]
  if (manyA && manyB) return compareCollections(manyA, manyB, deadline)
  if (manyA || manyB) return compareLoneItem(manyA, manyB, a, b, deadline)
  const outcome = isQuantity(a) || isQuantity(b) ? compareQuantities(a, b, deadline) : null
  return outcome === 'equal' ? outcome : (compareWords(a, b) ?? compareQuantities(a, b, deadline))
}

/** As an answer, a set with one element equals that element. */
function compareLoneItem(
  a: Collection | null,
  b: Collection | null,
  left: string,
  right: string,
  deadline: number,
): Comparison {
  const many = a ?? b
  const other = a ? right : left
  const isLone = many?.open === '\\{' && many.items.length === 1
  if (isLone) return compareAnswers(many.items[0] ?? '', other, deadline)
  return isWords(left) || isWords(right) ? (compareWords(left, right) ?? 'different') : 'different'
}

/** `(B)` is B. */
const withoutBrackets = (text: string): string => /^(?:\\text\{)?\s?\(\s?(\w)\s?\)\s?\}?$/.exec(text)?.[1] ?? text

const EMPTY_SPELLINGS = /^\{?\}?$/

export function compareAnswers(left: string, right: string, deadline: number): Comparison {
  if (EMPTY_SPELLINGS.test(left) || EMPTY_SPELLINGS.test(right)) return 'different'
  if (keyOf(left) === keyOf(right))
    return /^\\text\{\s?NaN\s?\}$|^NaN$/.test(left) ? 'different' : sameSpelling(left, deadline)
  const [sidesA, sidesB] = [sidesOf(left), sidesOf(right)]
  const [a, b] = [statedValue(withoutBrackets(left)), statedValue(withoutBrackets(right))]
  if (sidesA.length > 1 && sidesB.length > 1) return compareStatements(left, right, deadline)
  return compareParts(a.value.trim(), b.value.trim(), deadline)
}

/** Equal, unless it is a number that does not exist, such as 1/0. */
function sameSpelling(text: string, deadline: number): Comparison {
  const isNumber = /^[-+\d\s.{}()/*^!\\a-z]*$/.test(text) && /\\frac|\//.test(text)
  return isNumber ? compareFormulas(text, text, deadline) : 'equal'
}

/** Both are equations: of the same name, or the same up to a factor. */
function compareStatements(left: string, right: string, deadline: number): Comparison {
  const [sidesA, sidesB] = [sidesOf(left), sidesOf(right)]
  const [a, b] = [statedValue(left), statedValue(right)]
  const areNamed = a.name !== null && b.name !== null
  if (areNamed && areSameName(a.name, b.name)) {
    const outcome = compareParts(a.value, b.value, deadline)
    if (outcome !== 'different') return outcome
  }
  const asEquations = compareEquations(sidesA, sidesB, deadline)
  if (asEquations !== 'different' && asEquations !== null)
    return areNamed && isWordy(a.name, b.name) ? 'different' : asEquations
  if (areNamed) return 'different'
  const outcome = sidesA.length === sidesB.length ? compareItems(sidesA, sidesB, deadline) : 'different'
  return outcome !== 'different' || sidesA.length !== sidesB.length
    ? outcome
    : compareItems(sidesA, [...sidesB].reverse(), deadline)
}

const isWordy = (a: string | null, b: string | null): boolean =>
  [a, b].some((name) => name !== null && isNameOf(name) && name.includes('\\text'))
