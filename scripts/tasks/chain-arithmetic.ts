/**
 * A chain of assignments, each computed from the one before: `a=7;b=a+5;c=b*3;c?` is solved line by line as `b=7+5=12`, `c=12*3=36`.
 * All values of a right solution lie between 1 and 199.
 */
import { type Noise, resultOf, type Solution, sized, solution } from './family.ts'
import type { Rng } from './rng.ts'

const LARGEST_VALUE = 199
const LETTERS = 'abcdefghijklm'

type Operator = '+' | '-' | '*'

/** With the number of operations. */
export const chainArithmetic = sized('chain-arithmetic', { 1: 3, 2: 4, 3: 5 }, createPrompt, solve)
export const longChains = sized('long-chains', { 1: 8, 2: 10, 3: 12 }, createPrompt, solve)

function createPrompt(rng: Rng, steps: number): string {
  const values = [rng.int(2, 49)]
  const statements = [`a=${values[0]}`]
  for (let i = 1; i <= steps; i++) {
    const step = createStep(rng, values)
    statements.push(`${letter(i)}=${letter(i - 1)}${step.operator}${step.operand}`)
    values.push(step.value)
  }
  return `${statements.join(';')};${letter(steps)}?\n`
}

/** A random operation on the last value whose result stays in range; its operand is a number or an earlier variable. */
function createStep(rng: Rng, values: readonly number[]): { operator: Operator; operand: string; value: number } {
  for (;;) {
    const operator = rng.pick<Operator>(['+', '-', '*'])
    const earlier =
      operator !== '*' && values.length > 1 && rng.next() < 0.25 ? rng.int(0, values.length - 2) : undefined
    const number = earlier === undefined ? createNumber(rng, operator) : (values[earlier] ?? 0)
    const value = compute(values.at(-1) ?? 0, operator, number)
    const operand = earlier === undefined ? String(number) : letter(earlier)
    if (value >= 1 && value <= LARGEST_VALUE) return { operator, operand, value }
  }
}

function createNumber(rng: Rng, operator: Operator): number {
  if (operator === '*') return rng.int(2, 9)
  return rng.next() < 0.5 ? rng.int(1, 9) : rng.int(10, 49)
}

function solve(prompt: string, noise?: Noise): Solution {
  const statements = prompt.replace(/\?\n$/, '').split(';')
  const asked = statements.pop() ?? ''
  const values = new Map<string, number>()
  const lines: string[] = []
  for (const statement of statements) {
    const { name, left, operator, right } = parseStatement(statement, values)
    if (operator === undefined) values.set(name, left)
    else {
      const value = resultOf(compute(left, operator, right), noise, (rng) => slip(rng, compute(left, operator, right)))
      values.set(name, value)
      lines.push(`${name}=${left}${operator}${right}=${value}`)
    }
  }
  return solution(lines, String(read(asked, values)))
}

function parseStatement(statement: string, values: ReadonlyMap<string, number>) {
  const match = /^([a-z])=(\w+)(?:([-+*])(\w+))?$/.exec(statement)
  if (match === null) throw new Error(`Not an assignment of chain-arithmetic: "${statement}".`)
  const [, name = '', left = '', operator, right = '0'] = match
  // The pattern admits these three operators or none.
  return { name, left: read(left, values), operator: operator as Operator | undefined, right: read(right, values) }
}

function read(operand: string, values: ReadonlyMap<string, number>): number {
  const value = /^\d+$/.test(operand) ? Number(operand) : values.get(operand)
  if (value === undefined) throw new Error(`"${operand}" has no value yet.`)
  return value
}

function compute(left: number, operator: Operator, right: number): number {
  if (operator === '+') return left + right
  return operator === '-' ? left - right : left * right
}

/** Common mistakes: off by one or two, or a forgotten carry. */
function slip(rng: Rng, right: number): number {
  const distance = rng.pick([1, 2, 10])
  return right >= distance && rng.next() < 0.5 ? right - distance : right + distance
}

function letter(index: number): string {
  return LETTERS.charAt(index)
}
