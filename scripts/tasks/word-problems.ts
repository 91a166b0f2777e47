/**
 * Arithmetic in words, for models that know English: "Nina has 8 apples. Nina gets 5 more apples. How many apples does Nina have now?". One step
 * with numbers up to 10, one with numbers up to 20, two steps with numbers up to 20. A solution has one line for each step.
 */
import { type Difficulty, type Family, type Noise, resultOf, type Solution, solution } from './family.ts'
import type { Rng } from './rng.ts'

const SIZES: Readonly<Record<Difficulty, { steps: number; largest: number }>> = {
  1: { steps: 1, largest: 10 },
  2: { steps: 1, largest: 20 },
  3: { steps: 2, largest: 20 },
}
const PEOPLE = ['Nina', 'Omar', 'Lucy', 'Ben', 'Ada', 'Hugo', 'Mia', 'Paul', 'Rosa', 'Sam'] as const
const THINGS = [
  ...['apples', 'stickers', 'books', 'marbles', 'cards', 'coins'],
  ...['pencils', 'shells', 'eggs', 'cookies', 'stamps', 'balls'],
] as const

type Operation = '+' | '-'

/** How a step is said; {n} is its number, {things} what is counted. */
const SENTENCES: Readonly<Record<Operation, readonly string[]>> = {
  '+': ['gets {n} more {things}', 'buys {n} more {things}', 'finds {n} more {things}'],
  '-': ['gives away {n} {things}', 'loses {n} {things}', 'sells {n} {things}'],
}

export const wordProblems: Family = { name: 'word-problems', createPrompt, solve }

function createPrompt(rng: Rng, difficulty: Difficulty): string {
  const { steps, largest } = SIZES[difficulty]
  const name = rng.pick(PEOPLE)
  const things = rng.pick(THINGS)
  let amount = rng.int(3, largest)
  const sentences = [`${name} has ${amount} ${things}.`]
  for (let i = 0; i < steps; i++) {
    const operation: Operation = amount > 2 && rng.next() < 0.5 ? '-' : '+'
    const number = rng.int(2, operation === '-' ? Math.min(amount - 1, largest) : largest)
    amount = compute(amount, operation, number)
    const said = rng.pick(SENTENCES[operation]).replace('{n}', String(number)).replace('{things}', things)
    sentences.push(`${name} ${said}.`)
  }
  return `${sentences.join(' ')} How many ${things} does ${name} have now?\n`
}

const compute = (left: number, operation: Operation, right: number): number =>
  operation === '+' ? left + right : left - right

/** Read back from the words, so that any prompt of the family has a solution. */
function solve(prompt: string, noise?: Noise): Solution {
  const [first = '', ...rest] = prompt.trim().split('. ')
  let amount = Number(/ has (\d+) /.exec(first)?.[1])
  const lines: string[] = []
  for (const sentence of rest.slice(0, -1)) {
    const { operation, number } = parseStep(sentence)
    const right = compute(amount, operation, number)
    const result = resultOf(right, noise, (rng) => right + rng.pick([-10, -2, -1, 1, 2, 10]))
    lines.push(`${amount} ${operation} ${number} = ${result}`)
    amount = result
  }
  return solution(lines, String(amount))
}

function parseStep(sentence: string): { operation: Operation; number: number } {
  for (const [operation, patterns] of Object.entries(SENTENCES) as [Operation, readonly string[]][]) {
    for (const pattern of patterns) {
      const match = new RegExp(pattern.replace('{n}', '(\\d+)').replace('{things}', '\\w+')).exec(sentence)
      if (match) return { operation, number: Number(match[1]) }
    }
  }
  throw new Error(`Not a step of word-problems: "${sentence}".`)
}
