/**
 * Nested and/or/not over true and false: `not (true and false) or false?`. Each line of the solution evaluates the first operation
 * whose operands are known and rewrites the expression: `true and false=false->not false or false`.
 */
import {
  type Difficulty,
  type Family,
  type FamilyName,
  type Noise,
  resultOf,
  type Solution,
  solution,
} from './family.ts'
import type { Rng } from './rng.ts'

/** How many two-operand operations and how many negations; one line of the solution each. */
interface Size {
  readonly binaries: number
  readonly nots: number
}
interface Sizes {
  readonly sizes: Readonly<Record<Difficulty, readonly Size[]>>
  /** Longer solutions are avoided, because a training step on them would be slow. Words and signs, see `countSymbols`. */
  readonly mostSymbols: number
}

type Expression =
  | boolean
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }

export const booleanExpressions = booleansOf('boolean-expressions', {
  mostSymbols: 88,
  sizes: {
    1: [{ binaries: 3, nots: 1 }],
    2: [
      { binaries: 3, nots: 2 },
      { binaries: 4, nots: 1 },
    ],
    3: [
      { binaries: 3, nots: 3 },
      { binaries: 4, nots: 2 },
    ],
  },
})
export const deepBooleans = booleansOf('deep-booleans', {
  mostSymbols: 140,
  sizes: { 1: [{ binaries: 4, nots: 2 }], 2: [{ binaries: 5, nots: 2 }], 3: [{ binaries: 5, nots: 3 }] },
})

function booleansOf(name: FamilyName, { sizes, mostSymbols }: Sizes): Family {
  return { name, createPrompt: (rng, difficulty) => createPrompt(rng, sizes[difficulty], mostSymbols), solve }
}

/** Half of the answers are true. */
function createPrompt(rng: Rng, sizes: readonly Size[], mostSymbols: number): string {
  const answer = String(rng.next() < 0.5)
  for (;;) {
    const size = rng.pick(sizes)
    const left = { nodes: 2 * size.binaries + 1, nots: size.nots }
    const prompt = `${print(createTree(rng, size.binaries, left))}?\n`
    const solved = solve(prompt)
    if (solved.answer === answer && countSymbols(solved.completion) <= mostSymbols) return prompt
  }
}

/** A random tree; `left` counts the nodes not yet visited and the negations not yet placed, so that these are spread evenly. */
function createTree(rng: Rng, binaries: number, left: { nodes: number; nots: number }): Expression {
  const isNegated = rng.next() < left.nots / left.nodes
  left.nodes--
  if (isNegated) left.nots--
  const node = binaries === 0 ? rng.next() < 0.5 : createBinary(rng, binaries, left)
  return isNegated ? { kind: 'not', operand: node } : node
}

function createBinary(rng: Rng, binaries: number, left: { nodes: number; nots: number }): Expression {
  const inLeft = rng.int(0, binaries - 1)
  const kind = rng.pick(['and', 'or'] as const)
  return { kind, left: createTree(rng, inLeft, left), right: createTree(rng, binaries - 1 - inLeft, left) }
}

function countSymbols(text: string): number {
  return text.match(/\w+|####|[^\w ]/g)?.length ?? 0
}

function solve(prompt: string, noise?: Noise): Solution {
  let expression = parse(prompt.replace(/\?\n$/, ''))
  const lines: string[] = []
  while (typeof expression !== 'boolean') {
    const reduced = reduce(expression, noise)
    lines.push(`${reduced.done}->${print(reduced.rest)}`)
    expression = reduced.rest
  }
  return solution(lines, String(expression))
}

/** Evaluates the first operation, reading from the left, whose operands are known: what was done, and the expression that remains. */
function reduce(expression: Exclude<Expression, boolean>, noise?: Noise): { done: string; rest: Expression } {
  if (expression.kind === 'not') {
    if (typeof expression.operand === 'boolean') return evaluated(expression, !expression.operand, noise)
    const inner = reduce(expression.operand, noise)
    return { done: inner.done, rest: { ...expression, operand: inner.rest } }
  }
  if (typeof expression.left !== 'boolean') {
    const inner = reduce(expression.left, noise)
    return { done: inner.done, rest: { ...expression, left: inner.rest } }
  }
  if (typeof expression.right !== 'boolean') {
    const inner = reduce(expression.right, noise)
    return { done: inner.done, rest: { ...expression, right: inner.rest } }
  }
  const { kind, left, right } = expression
  return evaluated(expression, kind === 'and' ? left && right : left || right, noise)
}

function evaluated(expression: Expression, right: boolean, noise?: Noise): { done: string; rest: boolean } {
  const value = resultOf(right, noise, () => !right)
  return { done: `${print(expression)}=${value}`, rest: value }
}

function print(expression: Expression): string {
  if (typeof expression === 'boolean') return String(expression)
  if (expression.kind === 'not') return `not ${printOperand(expression.operand)}`
  return `${printOperand(expression.left)} ${expression.kind} ${printOperand(expression.right)}`
}

function printOperand(expression: Expression): string {
  const isBinary = typeof expression !== 'boolean' && expression.kind !== 'not'
  return isBinary ? `(${print(expression)})` : print(expression)
}

function parse(text: string): Expression {
  const words = text.match(/\w+|[()]|[^\s]/g) ?? []
  const expression = parseBinary(words)
  if (words.length > 0) throw new Error(`"${words[0]}" is too much in the expression "${text}".`)
  return expression
}

/** Takes `operand [and|or operand]` from the front of `words`. */
function parseBinary(words: string[]): Expression {
  const left = parseOperand(words)
  const kind = words[0]
  if (kind !== 'and' && kind !== 'or') return left
  words.shift()
  return { kind, left, right: parseOperand(words) }
}

function parseOperand(words: string[]): Expression {
  const word = words.shift()
  if (word === 'true' || word === 'false') return word === 'true'
  if (word === 'not') return { kind: 'not', operand: parseOperand(words) }
  if (word !== '(') throw new Error(`Expected an operand, got "${word ?? 'the end'}".`)
  const inner = parseBinary(words)
  if (words.shift() !== ')') throw new Error('A parenthesis is not closed.')
  return inner
}
