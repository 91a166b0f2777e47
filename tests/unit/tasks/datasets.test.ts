import { describe, expect, it } from 'vitest'
import { makeDatasets, makeSftCorpus, solve, type Task } from '../../../scripts/tasks/corpus'
import { type CorpusFamily, FAMILY_NAMES, LONG_FAMILIES, SHORT_FAMILIES } from '../../../scripts/tasks/family'
import { loadTinyTokenizer, parseTasks, readDataset, readTasks } from './resources'

const tokenizer = loadTinyTokenizer()
const countTokens = (text: string) => tokenizer.encode(text).ids.length
const asLines = (tasks: readonly Task[]) => tasks.map((task) => `${JSON.stringify(task)}\n`).join('')
const everyTask = FAMILY_NAMES.flatMap(readTasks)
const same = (value: number): Partial<Record<CorpusFamily, number>> =>
  Object.fromEntries(SHORT_FAMILIES.map((family) => [family, value]))
const isLong = (family: string) => LONG_FAMILIES.some((name) => name === family)

describe('bundled datasets', () => {
  it('are what the generator writes', () => {
    for (const { family, train, test } of makeDatasets()) {
      expect(asLines(train) === readDataset(family, 'train')).toBe(true)
      expect(asLines(test) === readDataset(family, 'test')).toBe(true)
    }
  })

  it.each(FAMILY_NAMES)(
    '%s has 2,000 rows to train on and 300 to test on, 1,000 if it is long, difficulties even',
    (family) => {
      for (const [split, rows] of [
        ['train', 2000],
        ['test', isLong(family) ? 1000 : 300],
      ] as const) {
        const tasks = parseTasks(readDataset(family, split))
        const counts = [1, 2, 3].map((difficulty) => tasks.filter((task) => task.difficulty === difficulty).length)
        expect(tasks).toHaveLength(rows)
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
      }
    },
  )

  it('share no prompt and no id', () => {
    expect(everyTask).toHaveLength(21_200)
    expect(new Set(everyTask.map((task) => task.prompt)).size).toBe(everyTask.length)
    expect(new Set(everyTask.map((task) => task.id)).size).toBe(everyTask.length)
  })

  it('are under 8 MB together', () => {
    const texts = FAMILY_NAMES.flatMap((family) => [readDataset(family, 'train'), readDataset(family, 'test')])
    expect(Buffer.byteLength(texts.join(''))).toBeLessThan(8_000_000)
  })

  it('hold as many true as false expressions, give or take a tenth', () => {
    const answers = readTasks('boolean-expressions').map((task) => task.answer)
    const share = answers.filter((answer) => answer === 'true').length / answers.length
    expect(Math.abs(share - 0.5)).toBeLessThan(0.05)
  })
})

describe('worked solutions', () => {
  it('end with the answer after the marker, which stands nowhere else', () => {
    for (const task of everyTask) {
      const { completion } = solve(task)
      expect(completion.split('####')).toHaveLength(2)
      expect(completion.split('#### ')[1]).toBe(`${task.answer.split('=').at(-1)}\n`)
    }
  })

  it('keep prompts within 60 tokens, completions within 90, steps at 8 or more, 3 to 8 lines', () => {
    for (const task of SHORT_FAMILIES.flatMap(readTasks)) {
      const { completion } = solve(task)
      const lines = completion.trimEnd().split('\n')
      expect(countTokens(task.prompt)).toBeLessThanOrEqual(60)
      expect(countTokens(completion)).toBeLessThanOrEqual(90)
      expect(lines.length).toBeGreaterThanOrEqual(3)
      expect(lines.length).toBeLessThanOrEqual(8)
      for (const line of lines.slice(0, -1)) expect(countTokens(`${line}\n`)).toBeGreaterThanOrEqual(8)
    }
  })

  it('of long families are in their rows, and fit the context of 256 tokens with their prompts', () => {
    for (const task of LONG_FAMILIES.flatMap(readTasks)) {
      expect(task.solution).toBe(solve(task).completion)
      expect(countTokens(task.prompt) + countTokens(task.solution ?? '')).toBeLessThanOrEqual(250)
    }
  })

  it('take more steps at a higher difficulty', () => {
    for (const family of [...SHORT_FAMILIES, ...LONG_FAMILIES]) {
      const steps = [1, 2, 3].map((difficulty) => {
        const lengths = readTasks(family)
          .filter((task) => task.difficulty === difficulty)
          .map((task) => solve(task).completion.split('\n').length)
        return { least: Math.min(...lengths), most: Math.max(...lengths) }
      })
      expect(steps[0]?.most).toBeLessThan(steps[1]?.least ?? 0)
      expect(steps[1]?.most).toBeLessThan(steps[2]?.least ?? 0)
    }
  })
})

describe('word problems', () => {
  const tasks = readTasks('word-problems')

  it('have one or two steps, each with its result', () => {
    for (const { prompt, difficulty } of tasks) {
      const lines = solve({ family: 'word-problems', prompt }).completion.trimEnd().split('\n').slice(0, -1)
      expect(lines).toHaveLength({ 1: 1, 2: 1, 3: 2 }[difficulty])
      for (const line of lines) {
        const [, left, operation, right, result] = /^(\d+) ([-+]) (\d+) = (\d+)$/.exec(line) ?? []
        expect(Number(result)).toBe(Number(left) + (operation === '+' ? 1 : -1) * Number(right))
      }
    }
  })

  it('have amounts that can be counted', () => {
    for (const { answer } of tasks) {
      expect(Number(answer)).toBeGreaterThanOrEqual(1)
      expect(Number(answer)).toBeLessThanOrEqual(60)
    }
  })
})

describe('supervised corpus', () => {
  const options = { rows: 3000, seed: 3, noise: same(0), mix: same(1) }
  const corpus = makeSftCorpus(options)
  const familyOf = (prompt: string) =>
    prompt.startsWith('a=') ? 'chain-arithmetic' : /^[A-Z]/.test(prompt) ? 'shuffled-objects' : 'boolean-expressions'
  const countFamilies = (rows: readonly { prompt: string }[]) =>
    SHORT_FAMILIES.map((family) => rows.filter((row) => familyOf(row.prompt) === family).length)

  it('holds no prompt of the bundled datasets', () => {
    const bundled = new Set(everyTask.map((task) => task.prompt))
    expect(corpus.filter((row) => bundled.has(row.prompt))).toEqual([])
  })

  it('holds right solutions of all families evenly', () => {
    expect(countFamilies(corpus)).toEqual([1000, 1000, 1000])
    for (const { prompt, completion } of corpus) {
      expect(completion).toBe(solve({ family: familyOf(prompt), prompt }).completion)
    }
  })

  it('is the same for the same seed and another one for another', () => {
    expect(makeSftCorpus(options)).toEqual(corpus)
    expect(makeSftCorpus({ ...options, seed: 4 })).not.toEqual(corpus)
  })

  it('mixes families by their weights', () => {
    const mix = { 'chain-arithmetic': 2, 'shuffled-objects': 1, 'boolean-expressions': 0 }
    expect(countFamilies(makeSftCorpus({ ...options, rows: 300, mix }))).toEqual([200, 100, 0])
  })

  it('slips on about the asked share of lines and keeps the prompts', () => {
    const noisy = makeSftCorpus({ ...options, noise: { ...same(0), 'chain-arithmetic': 0.2 } })
    expect(noisy.map((row) => row.prompt)).toEqual(corpus.map((row) => row.prompt))
    const isRight = (line: string) => {
      const [, calculation = '', result] = line.split('=')
      const [, left, operator, right] = /^(-?\d+)([-+*])(-?\d+)$/.exec(calculation) ?? []
      const [a, b] = [Number(left), Number(right)]
      return (operator === '+' ? a + b : operator === '-' ? a - b : a * b) === Number(result)
    }
    const chains = noisy.filter((row) => familyOf(row.prompt) === 'chain-arithmetic')
    const lines = chains.flatMap((row) => row.completion.trimEnd().split('\n').slice(0, -1))
    const share = lines.filter((line) => !isRight(line)).length / lines.length
    expect(share).toBeGreaterThan(0.18)
    expect(share).toBeLessThan(0.22)
    const others = (row: { prompt: string }) => familyOf(row.prompt) !== 'chain-arithmetic'
    expect(noisy.filter(others)).toEqual(corpus.filter(others))
  })
})
