/** Evaluations in the store: their rows, and two of them on the rows that both have. */
import { compareEvaluations } from '@main/evaluations/compare'
import { recoverEvaluations } from '@main/evaluations/manager'
import { evaluationTable } from '@main/evaluations/table'
import {
  createModelEvaluation,
  evaluatedRows,
  finishEvaluation,
  getModelEvaluation,
  listModelEvaluations,
  removeModelEvaluation,
  rowPairs,
} from '@main/store/model-evaluations'
import { all, type Store } from '@main/store/query'
import { comparisonSentence } from '@shared/evaluation-words'
import type { EvaluatedRow, EvaluationResult } from '@shared/schemas/evaluation'
import { type VerdictStatus, verifierSchema } from '@shared/schemas/verifier'
import { expect, it } from 'vitest'
import { open } from '../store/fixtures'

const settings = {
  verifier: verifierSchema.parse({ kind: 'exact' }),
  ...{
    template: '{prompt}',
    chatTemplate: false,
    limit: null,
    samples: 4,
    temperature: 0.7,
    maxNewTokens: 64,
    seed: 1,
  },
}
const owner = { pid: process.pid, startedAt: '' }

const rowOf = (row: number, status: VerdictStatus, more: Partial<EvaluatedRow> = {}): EvaluatedRow => ({
  row,
  prompt: `question ${row}`,
  reference: String(row),
  completion: `because\n#### ${status === 'correct' ? row : 'x'}`,
  tokens: 5,
  status,
  extracted: status === 'unparseable' ? null : String(row),
  sampled: { correct: status === 'correct' ? 3 : 1, majority: String(row), isMajorityCorrect: status === 'correct' },
  ...more,
})

function evaluated(store: Store, model: string, rows: readonly EvaluatedRow[], more: Partial<typeof settings> = {}) {
  const record = { model, data: 'questions', settings: { ...settings, ...more }, request: null }
  const id = createModelEvaluation(store, record, owner)
  const correct = rows.filter(({ status }) => status === 'correct').length
  const statuses = { correct, wrong: rows.length - correct, unparseable: 0, truncated: 0, timeout: 0 }
  const result: EvaluationResult = {
    n: rows.length,
    greedy: { accuracy: correct / rows.length, correct, statuses },
    ...{ sampled: null, maxNewTokens: more.maxNewTokens ?? 64, tokens: 10, seconds: 1 },
  }
  finishEvaluation(store, id, result, rows)
  return id
}

const statuses: readonly VerdictStatus[] = ['correct', 'wrong', 'unparseable', 'correct', 'wrong', 'truncated']

it('keeps rows, and finds them by outcome and text', () => {
  const store = open()
  const id = evaluated(
    store,
    'one',
    statuses.map((status, row) => rowOf(row, status)),
  )
  const found = (outcome: 'all' | 'correct' | 'wrong' | 'noAnswer', text = '') =>
    evaluatedRows(store, id, { outcome, text, offset: 0, limit: 50 }).rows.map(({ row }) => row)
  expect(found('all')).toEqual([0, 1, 2, 3, 4, 5])
  expect(found('correct')).toEqual([0, 3])
  expect(found('wrong')).toEqual([1, 4])
  expect(found('noAnswer')).toEqual([2, 5])
  expect(found('all', 'QUESTION 4')).toEqual([4])
  expect(found('all', '%')).toEqual([]) // a character like any other
  expect(evaluatedRows(store, id, { outcome: 'all', text: '', offset: 1, limit: 1 })).toEqual({
    total: 6,
    rows: [rowOf(1, 'wrong')],
  })
})

it('pairs the rows that are the same in both, and counts the others', () => {
  const store = open()
  const first = evaluated(store, 'base', [
    rowOf(0, 'correct'),
    rowOf(1, 'wrong'),
    rowOf(2, 'correct'),
    rowOf(3, 'wrong'),
  ])
  const second = evaluated(store, 'tuned', [
    ...[rowOf(0, 'correct'), rowOf(1, 'correct'), rowOf(2, 'truncated')],
    ...[rowOf(3, 'correct', { prompt: 'another question' }), rowOf(4, 'correct')],
  ])
  const compared = compareEvaluations(store, first, second)
  expect(compared.counts).toEqual({ both: 1, onlyFirst: 1, onlySecond: 1, neither: 0 })
  expect(compared.greedy).toMatchObject({ n: 3, difference: 0, p: 1 })
  expect(compared.unpaired).toBe(3)
  expect(compared.warnings).toEqual([])
  expect(compared.sampled?.difference).toBeCloseTo((3 - 3 + (3 - 1) + (1 - 3)) / 3 / 4)
  const pairs = rowPairs(store, { first, second }, { pairing: 'onlySecond', text: '', offset: 0, limit: 50 })
  expect(pairs).toEqual({ total: 1, pairs: [{ first: rowOf(1, 'wrong'), second: rowOf(1, 'correct') }] })
  expect(comparisonSentence(compared)).toMatch(/^These 3 rows do not tell which is better: tuned has 66.7 % right/)
})

it('says who is better from both sides', () => {
  const store = open()
  const rows = Array.from({ length: 200 }, (_, row) => row)
  const base = evaluated(
    store,
    'base',
    rows.map((row) => rowOf(row, row % 4 === 0 ? 'correct' : 'wrong')),
  )
  const tuned = evaluated(
    store,
    'tuned',
    rows.map((row) => rowOf(row, row % 2 === 0 ? 'correct' : 'wrong')),
  )
  const sentence = /^tuned is better than base: 50.0 % against 25.0 % of the same 200 rows, \+25.0 points .*p < 0.001/
  expect(comparisonSentence(compareEvaluations(store, base, tuned))).toMatch(sentence)
  expect(comparisonSentence(compareEvaluations(store, tuned, base))).toMatch(sentence)
})

it('warns where they were not judged alike', () => {
  const store = open()
  const first = evaluated(store, 'one', [rowOf(0, 'correct')])
  const second = evaluated(store, 'other', [rowOf(0, 'correct')], {
    ...{
      verifier: verifierSchema.parse({ kind: 'number' }),
      template: 'Q: {prompt}',
      chatTemplate: true,
      maxNewTokens: 8,
    },
  })
  expect(compareEvaluations(store, first, second).warnings).toEqual([
    'They were judged differently: by the verifier exact and by number.',
    'They were asked with different prompt templates.',
    'Only one of them was asked with a chat template.',
    'Answers were cut at 64 tokens in the first and at 8 in the second.',
  ])
})

it('reads what a terminal asked for beyond the limits of the window', () => {
  const store = open()
  const id = evaluated(store, 'many samples', [rowOf(0, 'correct')], {
    samples: 1024,
    maxNewTokens: 100_000,
    seed: 2 ** 40,
  })
  expect(getModelEvaluation(store, id)).toMatchObject({ state: 'done', settings: { samples: 1024, seed: 2 ** 40 } })
})

it('refuses to compare one without answers', () => {
  const store = open()
  const done = evaluated(store, 'one', [rowOf(0, 'correct')])
  const waiting = createModelEvaluation(store, { model: 'two', data: 'd', settings, request: null }, owner)
  expect(() => compareEvaluations(store, done, waiting)).toThrow(
    'The evaluation of two has no answers yet: it is queued.',
  )
  expect(() => compareEvaluations(store, done, 'gone')).toThrow('There is no evaluation "gone"')
})

it('marks those whose program has ended, and leaves those of a living one', () => {
  const store = open()
  const dead = createModelEvaluation(
    store,
    { model: 'a', data: 'd', settings, request: null },
    { pid: 2 ** 30, startedAt: '' },
  )
  const living = createModelEvaluation(store, { model: 'b', data: 'd', settings, request: null }, owner)
  recoverEvaluations(store)
  expect(getModelEvaluation(store, dead)).toMatchObject({
    state: 'interrupted',
    error: expect.stringContaining('run it again'),
  })
  expect(getModelEvaluation(store, living).state).toBe('queued')
  expect(listModelEvaluations(store).map(({ model }) => model)).toEqual(['b', 'a'])
})

it('removes the rows with the evaluation', () => {
  const store = open()
  const id = evaluated(store, 'one', [rowOf(0, 'correct')])
  removeModelEvaluation(store, id)
  expect(all(store, 'SELECT * FROM evaluated_rows')).toEqual([])
})

it('gives a table in which no cell is a formula', () => {
  const store = open()
  const id = evaluated(store, '=1+1', [rowOf(0, 'correct', { completion: '=HYPERLINK("x")' })])
  const { fileName, text } = evaluationTable(store, id, null)
  expect(fileName).toBe('-1-1-on-questions.csv')
  expect(text.split('\r\n')[1]).toBe(`1,question 0,0,"'=HYPERLINK(""x"")",correct,0,5,3,0,1`)
  expect(evaluationTable(store, id, id).text.split('\r\n')[0]).toContain('first_completion')
})
