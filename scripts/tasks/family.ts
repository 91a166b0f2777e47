/**
 * What every family of procedural tasks provides, and the parts of a worked solution they share.
 * A family knows its own prompts; it knows neither data files nor the tokenizer.
 */
import type { Rng } from './rng.ts'

/** Families of a few steps; the model `tiny` was trained on them. */
export const SHORT_FAMILIES = ['chain-arithmetic', 'shuffled-objects', 'boolean-expressions'] as const
/** Families of many steps, in which guessing is worth little; the model `tiny-long` was trained on them. Their rows hold worked solutions. */
export const LONG_FAMILIES = ['long-chains', 'long-shuffles', 'deep-booleans', 'countdown'] as const
/** The families of which a supervised corpus can be made. */
export const CORPUS_FAMILIES = [...SHORT_FAMILIES, ...LONG_FAMILIES] as const
/** `word-problems` is for models that know English. */
export const FAMILY_NAMES = [...CORPUS_FAMILIES, 'word-problems'] as const
export type CorpusFamily = (typeof CORPUS_FAMILIES)[number]
export type FamilyName = (typeof FAMILY_NAMES)[number]

/** 3 needs more steps than 2, and 2 more than 1. */
export const DIFFICULTIES = [1, 2, 3] as const
export type Difficulty = (typeof DIFFICULTIES)[number]

/** Mistakes in a solution: with `probability` per line the line's result is wrong and the rest follows from the wrong result. */
export interface Noise {
  readonly probability: number
  readonly rng: Rng
}

/** A worked solution: one line per step, then `####` and the answer (the target, for Countdown); every line ends with a newline. */
export interface Solution {
  readonly completion: string
  readonly answer: string
}

/** A family whose prompts of each difficulty have one size. */
export const sized = <Size>(
  name: FamilyName,
  sizes: Readonly<Record<Difficulty, Size>>,
  createPrompt: (rng: Rng, size: Size) => string,
  solve: Family['solve'],
): Family => ({ name, createPrompt: (rng, difficulty) => createPrompt(rng, sizes[difficulty]), solve })

export interface Family {
  readonly name: FamilyName
  /** A random prompt; it ends with a newline, where the completion begins. */
  readonly createPrompt: (rng: Rng, difficulty: Difficulty) => string
  /** The solution of any prompt of this family. Without noise it is right. */
  readonly solve: (prompt: string, noise?: Noise) => Solution
}

/** The result a step writes down: the right one, or with the noise's probability one that `wrong` makes up. */
export function resultOf<T>(right: T, noise: Noise | undefined, wrong: (rng: Rng) => T): T {
  if (noise === undefined || noise.rng.next() >= noise.probability) return right
  return wrong(noise.rng)
}

export function solution(lines: readonly string[], answer: string): Solution {
  return { completion: `${[...lines, `#### ${answer}`].join('\n')}\n`, answer }
}
