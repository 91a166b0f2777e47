import { loadDataset } from '@main/library/datasets/load'
import { binsOf, binWidth, countLengths, firstBatch } from '@main/library/datasets/tokens'
import { judge, tryVerifier } from '@main/library/datasets/trial'
import { modelPath } from '@main/paths'
import { verifierSchema } from '@shared/schemas/verifier'
import { describe, expect, it } from 'vitest'
import { writeLines } from './files'

const PLAIN = { template: '{prompt}', chatTemplate: false }
const number = verifierSchema.parse({ kind: 'number' })

describe('a verifier on a set’s own answers', () => {
  it('says what was found, and puts what failed first', async () => {
    const rows = [
      { question: 'a', answer: 'so 3\n#### 3' },
      { question: 'b', answer: 'none\n#### none' },
      { question: 'c', answer: 'four\n#### 4' },
    ]
    const trial = await tryVerifier(await loadDataset(writeLines('gsm.jsonl', rows)), number)
    expect(trial).toMatchObject({ tried: 3, total: 3, statuses: { correct: 2, unparseable: 1 } })
    expect(trial.rows.map(({ row }) => row)).toEqual([1, 0, 2])
    expect(trial.rows[0]?.problem).toMatch(/cannot be read/)
    expect(trial.rows[1]).toMatchObject({ completion: 'so 3\n#### 3', extracted: '3', problem: null })
  })

  it('of every line compares with the worked solution, not only with its last line', async () => {
    const steps = verifierSchema.parse({ kind: 'steps' })
    const inAnswer = [{ question: 'a', answer: '1+2=3\n#### 3' }]
    const beside = [{ prompt: 'a', answer: '3', solution: '1+2=3\n#### 3' }]
    for (const [name, rows] of Object.entries({ 'gsm8k.jsonl': inAnswer, 'beside.jsonl': beside })) {
      const { statuses, rows: judged } = await tryVerifier(await loadDataset(writeLines(name, rows)), steps)
      expect(statuses.correct).toBe(1)
      expect(judged[0]?.reference).toBe('1+2=3\n#### 3')
    }
  })

  it('stops a pattern that takes exponential time, and goes on', async () => {
    const rows = [{ prompt: 'a', answer: `${'a'.repeat(40)}!` }]
    const pattern = verifierSchema.parse({ kind: 'regex', pattern: '(a+)+$' })
    const { statuses } = await tryVerifier(await loadDataset(writeLines('regex.jsonl', rows)), pattern)
    expect(statuses.timeout).toBe(1)
  })

  it('judges what a person typed', () => {
    const answer = { verifier: number, completion: 'it is 1,234', reference: '1234', isTruncated: false }
    expect(judge(answer)).toMatchObject({ status: 'correct', extracted: '1,234', problem: null })
    expect(judge({ ...answer, isTruncated: true }).status).toBe('truncated')
    expect(judge({ ...answer, reference: 'x' }).problem).toMatch(/cannot be read/)
  })
})

describe('lengths', () => {
  it('fall into bins that a person can read', () => {
    expect([1, 39, 41, 300, 4000].map((range) => binWidth(range, 40))).toEqual([1, 1, 2, 10, 100])
    const bins = binsOf([3, 3, 5, 90])
    expect(bins).toMatchObject({ min: 3, median: 3, p95: 90, max: 90 })
    expect(bins.edges).toHaveLength(bins.counts.length + 1)
    expect(bins.counts.reduce((a, b) => a + b)).toBe(4)
    expect(binsOf([7])).toMatchObject({ edges: [7, 8], counts: [1] })
  })

  it('are those of the prompt as the model gets it, and tell what is too long', async () => {
    const rows = [
      { prompt: 'a', completion: 'b' },
      { prompt: 'a '.repeat(200), completion: 'b '.repeat(200) },
    ]
    const dataset = await loadDataset(writeLines('lengths.jsonl', rows))
    const lengths = await countLengths(dataset, modelPath('bundled:tiny'), PLAIN)
    expect(lengths).toMatchObject({ counted: 2, total: 2, answerIs: 'completion', context: 256, tooLong: 1 })
  })
})

describe('the first sequences', () => {
  it('joined are the texts, and the token that ends them is trained', async () => {
    const rows = [{ prompt: 'x = 1 <b>', completion: 'y = 2\n' }]
    const dataset = await loadDataset(writeLines('batch.jsonl', rows))
    const [sequence] = firstBatch(dataset, modelPath('bundled:tiny'), PLAIN).sequences
    expect(sequence?.prompt.map(({ text }) => text).join('')).toContain('x = 1 <b>')
    expect(sequence?.completion.map(({ text }) => text).join('')).toBe('y = 2\n<|eos|>')
    expect(sequence?.completionLength).toBe(sequence?.completion.length)
  })

  it('are two for a pair, and the prompt alone where the model writes the completion', async () => {
    const pair = await loadDataset(writeLines('pair.jsonl', [{ prompt: 'p', chosen: 'good', rejected: 'bad' }]))
    const labels = firstBatch(pair, modelPath('bundled:tiny'), PLAIN).sequences.map(({ label }) => label)
    expect(labels).toEqual(['chosen', 'rejected'])
    const asked = await loadDataset(writeLines('asked.jsonl', [{ prompt: 'p', answer: '7' }]))
    expect(firstBatch(asked, modelPath('bundled:tiny'), PLAIN).sequences[0]).toMatchObject({
      completion: [],
      reference: '7',
    })
  })
})
