/**
 * The bundled datasets and the supervised corpus, made from the families. Everything follows from the seeds: the same seed gives
 * the same rows. It writes no files.
 */
import { booleanExpressions, deepBooleans } from './boolean-expressions.ts'
import { chainArithmetic, longChains } from './chain-arithmetic.ts'
import { countdown } from './countdown.ts'
import {
  CORPUS_FAMILIES,
  type CorpusFamily,
  DIFFICULTIES,
  type Difficulty,
  FAMILY_NAMES,
  type Family,
  type FamilyName,
  LONG_FAMILIES,
  type Noise,
  type Solution,
} from './family.ts'
import { createRng, type Rng } from './rng.ts'
import { longShuffles, shuffledObjects } from './shuffled-objects.ts'
import { wordProblems } from './word-problems.ts'

/** A row of the bundled datasets. */
export interface Task {
  readonly prompt: string
  readonly answer: string
  readonly family: FamilyName
  readonly difficulty: Difficulty
  readonly id: string
  /** The worked solution, with which every written line can be verified. */
  readonly solution: string
}

interface Dataset {
  readonly family: FamilyName
  readonly train: readonly Task[]
  readonly test: readonly Task[]
}

interface SftRow {
  readonly prompt: string
  readonly completion: string
}

interface SftOptions {
  readonly rows: number
  readonly seed: number
  /** Probability per line of a wrong result; 0 for families that are not named. */
  readonly noise: Readonly<Partial<Record<CorpusFamily, number>>>
  /** Relative number of rows; 0 for families that are not named. */
  readonly mix: Readonly<Partial<Record<CorpusFamily, number>>>
}

const FAMILIES: Readonly<Record<FamilyName, Family>> = {
  'chain-arithmetic': chainArithmetic,
  'shuffled-objects': shuffledObjects,
  'boolean-expressions': booleanExpressions,
  'long-chains': longChains,
  'long-shuffles': longShuffles,
  'deep-booleans': deepBooleans,
  countdown,
  'word-problems': wordProblems,
}
const DATASET_SEED = 'gpo-studio-tasks-1'
const TRAIN_ROWS = 2000
const TEST_ROWS = 300
/** A thousand problems tell differences of 4 points apart, three hundred of 8. */
const LONG_TEST_ROWS = 1000

/** The worked solution of a task; with noise, some of its lines are wrong. */
export function solve(task: Pick<Task, 'family' | 'prompt'>, noise?: Noise): Solution {
  return FAMILIES[task.family].solve(task.prompt, noise)
}

/** The bundled datasets, one per family; no prompt occurs twice in all of them. */
export function makeDatasets(): Dataset[] {
  const datasets = FAMILY_NAMES.map(makeDataset)
  assertNoRepeatedPrompt(datasets.flatMap((dataset) => [...dataset.train, ...dataset.test]))
  return datasets
}

function makeDataset(family: FamilyName): Dataset {
  const rng = createRng(`${DATASET_SEED}:${family}`)
  const seen = new Set<string>()
  const isLong = (LONG_FAMILIES as readonly string[]).includes(family)
  const rows = (split: string, count: number) =>
    Array.from({ length: count }, (_, i): Task => {
      const difficulty = difficultyOfRow(i)
      const prompt = newPrompt(rng, family, difficulty, seen)
      seen.add(prompt)
      const { answer, completion } = solve({ family, prompt })
      const id = `${family}-${split}-${i}`
      return { prompt, answer, family, difficulty, id, solution: completion }
    })
  // The test rows come first, so that they stay the same if there are ever more training rows.
  const test = rows('test', isLong ? LONG_TEST_ROWS : TEST_ROWS)
  return { family, test, train: rows('train', TRAIN_ROWS) }
}

function assertNoRepeatedPrompt(tasks: readonly Task[]): void {
  const first = new Map<string, string>()
  for (const { prompt, id } of tasks) {
    const other = first.get(prompt)
    if (other !== undefined) throw new Error(`${other} and ${id} have the same prompt ${JSON.stringify(prompt)}.`)
    first.set(prompt, id)
  }
}

/** Prompts with worked solutions for supervised training; no prompt of the bundled datasets is among them. */
export function makeSftCorpus(options: SftOptions): SftRow[] {
  const bundled = new Set(makeDatasets().flatMap(({ train, test }) => [...train, ...test].map(({ prompt }) => prompt)))
  const sources = new Map(CORPUS_FAMILIES.map((family) => [family, sftRows(family, options, bundled)]))
  return familyOfRows(options).map((family) => sources.get(family)?.() as SftRow) // every family has a source
}

/** One family's rows, one per call. Mistakes use a separate random stream, so that the noise does not change the prompts. */
function sftRows(family: CorpusFamily, options: SftOptions, bundled: ReadonlySet<string>): () => SftRow {
  const rng = createRng(`sft:${options.seed}:${family}`)
  const noise = { probability: options.noise[family] ?? 0, rng: createRng(`slips:${options.seed}:${family}`) }
  let row = 0
  return () => {
    const prompt = newPrompt(rng, family, difficultyOfRow(row++), bundled)
    return { prompt, completion: solve({ family, prompt }, noise).completion }
  }
}

/** The family of each row, in the proportions of `mix`: always the family furthest behind its share is next. */
function familyOfRows({ rows, mix }: SftOptions): CorpusFamily[] {
  const behind = new Map(CORPUS_FAMILIES.map((family) => [family, 0]))
  const weight = (family: CorpusFamily) => mix[family] ?? 0
  const total = CORPUS_FAMILIES.reduce((sum, family) => sum + weight(family), 0)
  return Array.from({ length: rows }, () => {
    for (const family of CORPUS_FAMILIES) behind.set(family, (behind.get(family) ?? 0) + weight(family) / total)
    const [next] = [...behind].reduce((most, entry) => (entry[1] > most[1] + 1e-9 ? entry : most))
    behind.set(next, (behind.get(next) ?? 0) - 1)
    return next
  })
}

function newPrompt(rng: Rng, family: FamilyName, difficulty: Difficulty, taken: ReadonlySet<string>): string {
  for (let attempt = 0; attempt < 10_000; attempt++) {
    const prompt = FAMILIES[family].createPrompt(rng, difficulty)
    if (!taken.has(prompt)) return prompt
  }
  throw new Error(`${family} has no new prompt of difficulty ${difficulty} left; ask for fewer rows.`)
}

/** Difficulties take turns, so that any first part of a file holds them evenly. */
function difficultyOfRow(row: number): Difficulty {
  return DIFFICULTIES[row % DIFFICULTIES.length] ?? 1
}
