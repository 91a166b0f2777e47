import { describeDataset } from '@main/library/datasets/describe'
import { verifierOf } from '@main/text/verifier/kind'
import { numberKind } from '@main/text/verifier/number'
import { describe, expect, it } from 'vitest'
import { writeLines } from './files'

const NUMBER = { kind: 'number', tolerance: 0 } as const
const numbers = verifierOf(numberKind(NUMBER))

describe('the report on a dataset', () => {
  it('counts lengths by nearest rank and tries the verifier on the reference answers', async () => {
    const rows = Array.from({ length: 20 }, (_, i) => ({ prompt: 'w '.repeat(i + 1), answer: String(i) }))
    const path = writeLines('report.jsonl', [...rows, { prompt: 'x' }])
    const countTokens = (text: string) => text.split(' ').length
    const report = await describeDataset(path, { countTokens, verifier: () => numbers })
    expect(report).toMatchObject({ layout: 'prompt-answer', kind: 'verifiable', rows: 21, usable: 20, badRowCount: 1 })
    expect(report.badRows).toEqual([{ line: 21, reason: 'column "answer" is missing' }])
    expect(report.promptTokens).toEqual({ min: 2, median: 11, p95: 20, max: 21 })
    expect(report.answerTokens).toEqual({ min: 1, median: 1, p95: 1, max: 1 })
    expect(report.verifierConfig).toEqual(NUMBER)
    expect(report.verifier).toMatchObject({ tried: 20, statuses: { correct: 20, wrong: 0 }, failures: [] })
    expect(report.firstExamples).toHaveLength(3)
  })

  it('shows at most five answers the verifier does not accept', async () => {
    const rows = ['lamp', 'book', 'key', 'cup', 'ring', 'drum', '7'].map((answer) => ({ prompt: 'p', answer }))
    const path = writeLines('unread.jsonl', rows)
    const report = await describeDataset(path, { verifierConfig: NUMBER, verifier: numbers })
    expect(report.verifier?.statuses).toMatchObject({ correct: 1, unparseable: 6 })
    expect(report.verifier?.failures).toHaveLength(5)
    expect(report.verifier?.failures[0]).toMatchObject({ row: 0, status: 'unparseable', completion: '#### lamp' })
  })

  it('tries the worked solutions of MATH', async () => {
    const completions: string[] = []
    const verifier = {
      verify(completion: string, reference: string) {
        completions.push(completion)
        return { reward: 1, extracted: reference, status: 'correct' as const }
      },
    }
    const path = writeLines('m.jsonl', [
      { problem: 'p', solution: 'so \\boxed{2}' },
      { problem: 'p', answer: 3 },
    ])
    await describeDataset(path, { verifier })
    expect(completions).toEqual(['so \\boxed{2}', '\\boxed{3}'])
  })

  it('has no verifier for a set without reference answers', async () => {
    const path = writeLines('pairs.jsonl', [{ prompt: 'p', chosen: 'a', rejected: 'b' }])
    const report = await describeDataset(path, { verifier: numbers })
    expect(report).toMatchObject({ kind: 'preference', verifierConfig: null, verifier: null, promptTokens: null })
  })
})
