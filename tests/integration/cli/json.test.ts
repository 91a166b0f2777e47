/** `--json` prints only JSON Lines, with consistent numbers. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DatasetReport } from '@main/library/datasets/describe'
import type { CriticalResult, ExportResult, ScoreResult } from '@main/workers/results'
import type { Doctor } from '@shared/schemas/backend'
import type { EvaluationResult } from '@shared/schemas/evaluation'
import type { RunSummary } from '@shared/schemas/run'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import {
  gpo,
  jsonLines,
  metricsOf,
  planOf,
  show,
  type TrainLine,
  temporaryFolder,
  writePlan,
  writeRows,
} from '../../support/gpo'

const home = temporaryFolder()
const rows = writeRows(home)
const verifier = ['--verifier', '{"kind":"regex","pattern":"[et]"}']
const question = ['--data', rows, '--max-new-tokens', '12', '--backend', 'onnx', ...verifier]
let trained: TrainLine[] = []

/** The lines of a command that ends well. */
async function lines<T>(...args: readonly string[]): Promise<T[]> {
  const ended = await gpo(home, ...args, '--json')
  expect(ended.stderr).not.toMatch(/^gpo: /m)
  expect(ended.code).toBe(0)
  return jsonLines<T>(ended)
}

beforeAll(async () => {
  const plan = planOf(rows, { objective: { kind: 'ppo' }, adaptation: { kind: 'lora', r: 2 } })
  const evaluated = {
    ...plan,
    data: { ...plan.data, eval: { path: rows } },
    evaluation: { everyIterations: 1, limit: 4 },
  }
  trained = await lines<TrainLine>('train', writePlan(home, evaluated))
})

describe('gpo train --json', () => {
  it('prints the events of the run in order, all but trajectories', async () => {
    const { id } = await show(home)
    expect(new Set(trained.map(({ run }) => run))).toEqual(new Set([id]))
    const told = trained.filter(({ type }) => type !== 'phase').map(({ type }) => type)
    expect(told).toEqual([
      ...['environment', 'probes', 'evaluation'],
      ...['metrics', 'probes', 'evaluation', 'checkpoint'],
      ...['metrics', 'probes', 'evaluation', 'checkpoint'],
      'finished',
    ])
  })

  it('prints the numbers that are stored', async () => {
    const { id, evaluations, checkpoints } = await show(home)
    const stored = metricsOf(home, id)
    for (const event of trained) {
      if (event.type === 'metrics')
        for (const [name, values] of Object.entries(stored)) expect(event.values[name]).toBe(values[event.iteration])
      if (event.type === 'evaluation') {
        const { run: _, type: __, ...record } = event
        expect(evaluations).toContainEqual(record)
      }
      if (event.type === 'checkpoint') expect(checkpoints).toContainEqual(expect.objectContaining({ path: event.path }))
    }
  })
})

describe('gpo runs and gpo show --json', () => {
  it('print one object a run', async () => {
    const runs = await lines<RunSummary>('runs')
    expect(runs.map(({ status }) => status)).toEqual(['completed'])
    const shown = await lines<RunSummary>('show', runs[0]!.id)
    expect(shown).toEqual([expect.objectContaining(runs[0]!)])
  })
})

describe('gpo eval --json', () => {
  it('prints shares that agree with the counts', async () => {
    const [result, ...more] = await lines<EvaluationResult>('eval', '--model', 'last', '--samples', '4', ...question)
    expect(more).toEqual([])
    const { greedy, sampled, n } = result!
    const total = (statuses: object) => Object.values(statuses).reduce((sum: number, count: number) => sum + count, 0)
    expect(n).toBe(8)
    expect(total(greedy.statuses)).toBe(n)
    expect(greedy.correct).toBe(greedy.statuses.correct)
    expect(greedy.accuracy).toBe(greedy.correct / n)
    expect(total(sampled!.statuses)).toBe(4 * n)
    expect(sampled!.passAtK['1']).toBeCloseTo(sampled!.statuses.correct / (4 * n), 12)
    expect(Object.keys(sampled!.passAtK)).toEqual(['1', '2', '4'])
    expect(sampled!.passAtK['1']).toBeGreaterThan(0)
    expect(sampled!.passAtK['1']).toBeLessThanOrEqual(sampled!.passAtK['2']!)
    expect(sampled!.passAtK['2']).toBeLessThanOrEqual(sampled!.passAtK['4']!)
    expect(sampled!.majorityAtK).toBeLessThanOrEqual(sampled!.passAtK['4']!)
  })

  it('says the same again for the same seed', async () => {
    const ask = () => lines<EvaluationResult>('eval', '--model', 'last', '--samples', '2', '--seed', '5', ...question)
    const [first, again] = [await ask(), await ask()]
    expect({ ...again[0], seconds: 0 }).toEqual({ ...first[0], seconds: 0 })
  })
})

describe('gpo critical --json', () => {
  it('prints a trajectory a line whose steps, values and advantages agree', async () => {
    const found = await lines<CriticalResult>(
      'critical',
      '--model',
      inject('model'),
      '--mc',
      '2',
      '--rule',
      'max',
      '--limit',
      '5',
      ...question,
    )
    expect(found).toHaveLength(5)
    for (const { steps, states, advantages, critical, intervals, text } of found) {
      expect(steps.map((step) => step.text).join('')).toBe(text)
      expect(states).toHaveLength(steps.length + 1)
      expect(intervals).toHaveLength(states.length)
      expect(advantages).toEqual(steps.map((_, i) => states[i + 1]!.value! - states[i]!.value!))
      expect(critical!.advantage).toBe(Math.max(...advantages.map(Number)))
      expect(critical!.step).toBe(advantages.indexOf(critical!.advantage))
    }
  })
})

describe('gpo data --json', () => {
  it('prints one report', async () => {
    const [report, ...more] = await lines<DatasetReport>('data', rows, '--model', inject('model'))
    expect(more).toEqual([])
    expect(report).toMatchObject({ layout: 'prompt-answer', rows: 8, usable: 8, badRowCount: 0 })
    expect(report!.verifier).toMatchObject({ tried: 8, statuses: { correct: 8 } })
  })
})

describe('gpo score and gpo export --json', () => {
  const completion = 'the sum is 2 né 🙂\n'
  const scored = async (model: string) =>
    (
      await lines<ScoreResult>(
        ...['score', '--model', model, '--prompt', '1+1=', '--completion', completion, '--backend', 'onnx'],
      )
    )[0]!

  it('prints a log-probability and a text for every token', async () => {
    const { tokens, logprobs, text } = await scored('last')
    expect(text.join('')).toBe(completion)
    expect(logprobs).toHaveLength(text.length)
    expect(tokens.length).toBeGreaterThan(text.length)
    for (const logprob of logprobs) expect(logprob).toBeLessThan(0)
  })

  it.each([
    ['F32', 1e-4],
    ['BF16', 0.1],
  ])('writes a model in %s that scores as the run does', async (dtype, tolerance) => {
    const out = join(home, `exported-${dtype}`)
    const [result] = await lines<ExportResult>('export', 'last', '--out', out, '--dtype', dtype)
    expect(result).toMatchObject({ out, tensors: 20 })
    expect(result!.maxDifference === 0).toBe(dtype === 'F32')
    expect(readdirSync(out)).toEqual(expect.arrayContaining(['config.json', 'model.safetensors', 'tokenizer.json']))
    const [own, exported, base] = [await scored('last'), await scored(out), await scored(inject('model'))]
    expect(exported.tokens).toEqual(own.tokens)
    const difference = (a: ScoreResult, b: ScoreResult) =>
      Math.max(...a.logprobs.map((logprob, i) => Math.abs(logprob - b.logprobs[i]!)))
    expect(difference(own, exported)).toBeLessThan(tolerance)
    if (dtype === 'F32') expect(difference(own, base)).toBeGreaterThan(tolerance)
  })
})

describe('gpo doctor --json', () => {
  it('names every backend, and the one that would be chosen', async () => {
    const [doctor, ...more] = await lines<Doctor>('doctor')
    expect(more).toEqual([])
    const names = doctor!.candidates.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['onnx', 'wasm', 'cpu']))
    expect(doctor!.candidates.find(({ name }) => name === doctor!.chosen)).toMatchObject({ isAvailable: true })
    for (const { isAvailable, reason } of doctor!.candidates) if (!isAvailable) expect(reason).toMatch(/\w/)
  })
})
