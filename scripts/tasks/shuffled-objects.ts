/**
 * One of several people holds an object; pairs of people swap what they hold: `Ann,Bob,Cid;Bob cup;Ann-Bob;Bob-Cid?`. The solution says after
 * every swap who held the object before it and who holds it now, `Ann-Bob:Bob cup->Ann cup`, and in the end who has it.
 */
import { type Noise, resultOf, type Solution, sized, solution } from './family.ts'
import type { Rng } from './rng.ts'

export const PEOPLE = ['Ann', 'Bob', 'Cid', 'Dan', 'Eve', 'Fay', 'Gus', 'Hal'] as const
export const OBJECTS = ['apple', 'book', 'coin', 'cup', 'drum', 'flag', 'key', 'lamp', 'ring'] as const

interface Size {
  readonly people: number
  readonly swaps: number
}

type Pair = readonly [string, string]

const SHORT = { 1: { people: 3, swaps: 4 }, 2: { people: 4, swaps: 5 }, 3: { people: 5, swaps: 6 } }
const LONG = { 1: { people: 6, swaps: 8 }, 2: { people: 7, swaps: 9 }, 3: { people: 8, swaps: 10 } }

export const shuffledObjects = sized('shuffled-objects', SHORT, createPrompt, solve)
export const longShuffles = sized('long-shuffles', LONG, createPrompt, solve)

function createPrompt(rng: Rng, size: Size): string {
  const people = rng.sample(PEOPLE, size.people)
  const swaps: Pair[] = []
  while (swaps.length < size.swaps) {
    const pair = rng.sample(people, 2) as [string, string] // two elements were requested
    if (!samePair(pair, swaps.at(-1))) swaps.push(pair)
  }
  const start = `${rng.pick(people)} ${rng.pick(OBJECTS)}`
  return `${[people.join(','), start, ...swaps.map((pair) => pair.join('-'))].join(';')}?\n`
}

/** The same pair twice in a row would undo itself. */
function samePair(pair: Pair, other: Pair | undefined): boolean {
  return other !== undefined && pair.every((person) => other.includes(person))
}

function solve(prompt: string, noise?: Noise): Solution {
  const [people = '', start = '', ...swaps] = prompt.replace(/\?\n$/, '').split(';')
  const [first, object] = start.split(' ')
  if (!first || !object) throw new Error(`Not a person and an object: "${start}".`)
  let holder = first
  const lines = swaps.map((swap) => {
    const before = holder
    const right = holderAfter(before, parsePair(swap))
    holder = resultOf(right, noise, (rng) => rng.pick(people.split(',').filter((person) => person !== right)))
    return `${swap}:${before} ${object}->${holder} ${object}`
  })
  return solution(lines, holder)
}

function parsePair(text: string): Pair {
  const [first, second] = text.split('-')
  if (!first || !second) throw new Error(`Not a swap of two people: "${text}".`)
  return [first, second]
}

function holderAfter(holder: string, [first, second]: Pair): string {
  if (holder === first) return second
  return holder === second ? first : holder
}
