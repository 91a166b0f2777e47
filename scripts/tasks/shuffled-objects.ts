/**
 * People hold objects and swap them: `Ann key,Bob cup,Cid ring;Ann-Bob;Cid-Ann;Bob?`. The solution writes what the two
 * hold before and after every swap, `Ann-Bob:Ann key,Bob cup->Ann cup,Bob key`, and then the object of the person asked for.
 */
import { type Difficulty, type Family, type Noise, resultOf, type Solution, solution } from './family.ts'
import type { Rng } from './rng.ts'

export const PEOPLE = ['Ann', 'Bob', 'Cid', 'Dan', 'Eve', 'Fay', 'Gus', 'Hal'] as const
export const OBJECTS = ['apple', 'book', 'coin', 'cup', 'drum', 'flag', 'key', 'lamp', 'ring'] as const

const SIZES: Readonly<Record<Difficulty, { people: number; swaps: number }>> = {
  1: { people: 3, swaps: 3 },
  2: { people: 4, swaps: 4 },
  3: { people: 4, swaps: 5 },
}

/** Person to object, in the order of the prompt. */
type State = ReadonlyMap<string, string>
type Pair = readonly [string, string]

export const shuffledObjects: Family = { name: 'shuffled-objects', createPrompt, solve }

function createPrompt(rng: Rng, difficulty: Difficulty): string {
  const size = SIZES[difficulty]
  const people = rng.sample(PEOPLE, size.people)
  const objects = rng.sample(OBJECTS, size.people)
  const swaps: Pair[] = []
  while (swaps.length < size.swaps) {
    const pair = rng.sample(people, 2) as [string, string] // two elements were asked for
    if (!samePair(pair, swaps.at(-1))) swaps.push(pair)
  }
  const start = people.map((person, i) => `${person} ${objects[i]}`).join(',')
  const asked = rng.pick(swaps.flat())
  return `${[start, ...swaps.map((pair) => pair.join('-')), asked].join(';')}?\n`
}

/** The same pair twice in a row would undo itself. */
function samePair(pair: Pair, other: Pair | undefined): boolean {
  return other !== undefined && pair.every((person) => other.includes(person))
}

function solve(prompt: string, noise?: Noise): Solution {
  const parts = prompt.replace(/\?\n$/, '').split(';')
  const asked = parts.pop() ?? ''
  let state = parseState(parts.shift() ?? '')
  const lines: string[] = []
  for (const part of parts) {
    const pair = parsePair(part)
    const before = state
    state = resultOf(swapped(before, pair), noise, () => before)
    lines.push(`${part}:${holdings(before, pair)}->${holdings(state, pair)}`)
  }
  return solution(lines, objectOf(state, asked))
}

function parseState(text: string): State {
  return new Map(
    text.split(',').map((entry) => {
      const [person, object] = entry.split(' ')
      if (!person || !object) throw new Error(`Not a person and an object: "${entry}".`)
      return [person, object]
    }),
  )
}

function parsePair(text: string): Pair {
  const [first, second] = text.split('-')
  if (!first || !second) throw new Error(`Not a swap of two people: "${text}".`)
  return [first, second]
}

function swapped(state: State, [first, second]: Pair): State {
  return new Map(state).set(first, objectOf(state, second)).set(second, objectOf(state, first))
}

const holdings = (state: State, pair: Pair): string =>
  pair.map((person) => `${person} ${objectOf(state, person)}`).join(',')

function objectOf(state: State, person: string): string {
  const object = state.get(person)
  if (object === undefined) throw new Error(`"${person}" is not among the people of this task.`)
  return object
}
