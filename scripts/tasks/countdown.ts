/**
 * Countdown: make a target from numbers, each used once: `3,25,7,4=46?`. A line of the solution combines two of the numbers that are left and
 * says which remain, `25-4=21;3,7,21`. Many solutions exist and a bad first line cannot be repaired, so that a solution has to be planned.
 */
import { type Difficulty, type Family, type Noise, resultOf, type Solution, solution } from './family.ts'
import type { Rng } from './rng.ts'

const NUMBERS: Readonly<Record<Difficulty, number>> = { 1: 3, 2: 4, 3: 5 }
const LARGEST_NUMBER = 25
const LARGEST_VALUE = 199

interface Move {
  readonly text: string
  readonly value: number
  readonly rest: readonly number[]
}

export const countdown: Family = { name: 'countdown', createPrompt, solve }

/** The target comes from random moves that use all numbers, so that there is a solution. */
function createPrompt(rng: Rng, difficulty: Difficulty): string {
  const numbers = Array.from({ length: NUMBERS[difficulty] }, () => rng.int(1, LARGEST_NUMBER))
  let left: readonly number[] = numbers
  while (left.length > 1) {
    const { value, rest } = rng.pick(movesFrom(left))
    left = [...rest, value]
  }
  return `${numbers.join(',')}=${left[0]}?\n`
}

/** The moves of two numbers, the larger first. A difference is above 0, and no product has the factor 1, which would change nothing. */
function movesFrom(numbers: readonly number[]): Move[] {
  const moves: Move[] = []
  for (let i = 0; i < numbers.length; i++) {
    for (let j = i + 1; j < numbers.length; j++) {
      const [a, b] = [numbers[i] ?? 0, numbers[j] ?? 0].sort((x, y) => y - x) as [number, number] // two numbers
      const rest = numbers.filter((_, k) => k !== i && k !== j)
      const add = (operator: string, value: number) => moves.push({ text: `${a}${operator}${b}`, value, rest })
      if (a + b <= LARGEST_VALUE) add('+', a + b)
      if (a > b) add('-', a - b)
      if (b > 1 && a * b <= LARGEST_VALUE) add('*', a * b)
    }
  }
  return moves
}

/**
 * The first solution of a search in depth; with noise, a line's value may be wrong and the following lines go on from it. The answer is the puzzle, which
 * the verifier of Countdown takes as its reference: the target alone stands in the prompt.
 */
function solve(prompt: string, noise?: Noise): Solution {
  const match = /^(\d+(?:,\d+)*)=(\d+)\?\n$/.exec(prompt)
  if (match === null) throw new Error(`Not numbers and a target: "${prompt.trim()}".`)
  const target = Number(match[2])
  const moves = search((match[1] ?? '').split(',').map(Number), target)
  if (moves === null) throw new Error(`${target} cannot be made from ${match[1]}.`)
  const lines = moves.map(({ text, value, rest }) => {
    const written = resultOf(value, noise, (rng) => value + rng.pick([1, 2, 10]))
    return `${text}=${written};${[...rest, written].join(',')}`
  })
  return { ...solution(lines, String(target)), answer: prompt.slice(0, -2) }
}

function search(numbers: readonly number[], target: number): Move[] | null {
  if (numbers.length === 1) return numbers[0] === target ? [] : null
  for (const move of movesFrom(numbers)) {
    const later = search([...move.rest, move.value], target)
    if (later !== null) return [move, ...later]
  }
  return null
}
