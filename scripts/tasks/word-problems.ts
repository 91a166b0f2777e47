/**
 * Arithmetic in words, one to three steps, for models that know English: "Nina has 8 apples. She buys 5 more apples. How many apples does Nina
 * have now?". A solution has one line for each step. Amounts lie between 1 and 199.
 */
import { type Difficulty, type Family, type Noise, resultOf, type Solution, solution } from './family.ts'
import type { Rng } from './rng.ts'

const LARGEST = 199
const PEOPLE = [
  ['Nina', 'She'],
  ['Omar', 'He'],
  ['Lucy', 'She'],
  ['Ben', 'He'],
  ['Ada', 'She'],
  ['Hugo', 'He'],
  ['Mia', 'She'],
  ['Paul', 'He'],
] as const
const THINGS = [
  'apples',
  'stickers',
  'books',
  'marbles',
  'cards',
  'coins',
  'pencils',
  'shells',
  'eggs',
  'cookies',
] as const

type Operation = '+' | '-' | '*' | '/'

/** How a step is said; {n} is its number, {things} what is counted. */
const SENTENCES: Readonly<Record<Operation, readonly string[]>> = {
  '+': ['buys {n} more {things}', 'finds {n} {things}', 'gets {n} {things} from a friend'],
  '-': ['gives {n} {things} away', 'loses {n} {things}', 'sells {n} {things}'],
  '*': ['works hard until there are {n} times as many {things}'],
  '/': ['shares the {things} equally among {n} boxes and keeps one box'],
}

export const wordProblems: Family = { name: 'word-problems', createPrompt, solve }

function createPrompt(rng: Rng, difficulty: Difficulty): string {
  const [name, pronoun] = rng.pick(PEOPLE)
  const things = rng.pick(THINGS)
  let amount = rng.int(3, 40)
  const sentences = [`${name} has ${amount} ${things}.`]
  for (let i = 0; i < difficulty; i++) {
    const step = createStep(rng, amount)
    amount = compute(amount, step.operation, step.number)
    const said = rng.pick(SENTENCES[step.operation]).replace('{n}', String(step.number)).replace('{things}', things)
    sentences.push(`${pronoun} ${said}.`)
  }
  return `${sentences.join(' ')} How many ${things} does ${name} have now?\n`
}

function createStep(rng: Rng, amount: number): { operation: Operation; number: number } {
  for (;;) {
    const operation = rng.pick<Operation>(['+', '+', '-', '-', '*', '/'])
    const number = operation === '+' || operation === '-' ? rng.int(2, 30) : rng.int(2, 5)
    const next = compute(amount, operation, number)
    if (Number.isInteger(next) && next >= 1 && next <= LARGEST) return { operation, number }
  }
}

function compute(left: number, operation: Operation, right: number): number {
  if (operation === '+') return left + right
  if (operation === '-') return left - right
  return operation === '*' ? left * right : left / right
}

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
