/**
 * The verifier of Countdown: a target has to be made from given numbers, each used exactly once. The reference is the puzzle, `25,7,3=54`. A completion
 * is right in one of two ways: its last lines are equations that each combine numbers which are left, until the target is
 * (`25-7=18`, `18*3=54`); or its answer, in `<answer>`, in a box or after `####`, is one expression, `(25 - 7) * 3`. No line is believed.
 */
import { answersIn } from '../answer'
import type { Found, Kind } from '../kind'
import { type Evaluated, evaluate, normalSigns } from './arithmetic'
import { solvePuzzle } from './solve'

interface Puzzle {
  readonly numbers: readonly number[]
  readonly target: number
}

/** What a completion offers: one expression, or lines of equations. */
interface Attempt {
  readonly expression: string | null
  readonly equations: readonly string[]
}

/** `25-7=18`, also with what is left behind it: `25-7=18;3,18`. */
const EQUATION = /^([-+*/()\d\s]+)=\s*(\d{1,9})\s*(?:[;(,].*)?$/
const MOST_NUMBERS = 12

const isWhole = ({ value }: Evaluated, number: number): boolean => value.n === BigInt(number) * value.d

/** Removes each of `used` once; null if one of them is not there. */
function without(numbers: readonly number[], used: readonly number[]): number[] | null {
  const left = [...numbers]
  for (const number of used) {
    const at = left.indexOf(number)
    if (at < 0) return null
    left.splice(at, 1)
  }
  return left
}

function isSolvedBy(expression: string, { numbers, target }: Puzzle): boolean {
  // "(25-7)*3 = 54" says its result as well.
  const [formula = '', result, ...more] = normalSigns(expression).split('=')
  if (more.length > 0 || (result !== undefined && Number(result) !== target)) return false
  const evaluated = evaluate(formula)
  return evaluated !== null && isWhole(evaluated, target) && without(numbers, evaluated.numbers)?.length === 0
}

/** Every equation holds and uses numbers that are left; the last one leaves the target alone. */
function isDerivedBy(equations: readonly string[], { numbers, target }: Puzzle): boolean {
  let left: readonly number[] = numbers
  for (const equation of equations) {
    const [, formula = '', result = ''] = EQUATION.exec(equation) ?? []
    const evaluated = evaluate(formula)
    const others = evaluated && without(left, evaluated.numbers)
    if (!evaluated || !others || evaluated.numbers.length < 2 || !isWhole(evaluated, Number(result))) return false
    left = [...others, Number(result)]
  }
  return equations.length > 0 && left.length === 1 && left[0] === target
}

/** The content of the last `<answer>`, which TinyZero and its relatives ask for. */
function tagged(completion: string): string | null {
  const start = completion.lastIndexOf('<answer>')
  const end = completion.indexOf('</answer>', start)
  return start >= 0 && end >= 0 ? completion.slice(start + '<answer>'.length, end).trim() : null
}

function find(completion: string): Found<Attempt> | null {
  const { boxes, marked, text } = answersIn(completion)
  const tag = tagged(completion)
  const explicit = boxes.at(-1) ?? marked.at(-1)
  const answer = tag ?? explicit?.text.trim() ?? null
  const lines = text.split('\n').map((line) => normalSigns(line).trim())
  const equations = lines.filter((line) => EQUATION.test(line))
  // A bare number after the marker only repeats the target: then the lines before it count.
  const expression = answer !== null && !/^\d*$/.test(answer) ? answer : null
  if (expression === null && equations.length === 0) return null
  const isComplete = tag !== null || (explicit?.isComplete ?? false)
  return { text: expression ?? equations.at(-1) ?? '', answer: { expression, equations }, isComplete }
}

function read(reference: string): Puzzle | null {
  const match = /^\s*(\d{1,9}(?:\s*,\s*\d{1,9})+)\s*=\s*(\d{1,9})\s*$/.exec(reference)
  const numbers = (match?.[1] ?? '').split(',').map(Number)
  return match && numbers.length <= MOST_NUMBERS ? { numbers, target: Number(match[2]) } : null
}

export function countdownKind(): Kind<Attempt, Puzzle> {
  return {
    find,
    read,
    compare: ({ expression, equations }, puzzle) =>
      (expression === null ? isDerivedBy(equations, puzzle) : isSolvedBy(expression, puzzle)) ? 'equal' : 'different',
    expects: `2 to ${MOST_NUMBERS} numbers and a target, as in 25,7,3=54`,
    sample(reference) {
      const puzzle = read(reference)
      return `#### ${(puzzle && solvePuzzle(puzzle.numbers, puzzle.target)) ?? reference}`
    },
  }
}
