import { checkReference, createVerifier } from '@main/text/verifier'
import { GpoError } from '@shared/errors'
import { describe, expect, it } from 'vitest'

describe('exact', () => {
  const config = { kind: 'exact', ignoreCase: true, marker: '####' } as const
  const { verify } = createVerifier(config)

  it.each([
    ['x or y\n#### True', 'true'],
    ['#### red   ball\nmore', 'red ball'],
    ['some thoughts\n\nred ball\n\n', 'Red ball'],
    ['#### a\n#### b', 'b'],
    ['#### yes', 'because of that\n#### yes'],
  ])('%j gives %j', (completion, reference) => {
    expect(verify(completion, reference, false).status).toBe('correct')
  })

  it('keeps its statuses apart', () => {
    expect(verify('#### red balls', 'red ball', false).status).toBe('wrong')
    expect(verify('####', 'red ball', false).status).toBe('unparseable')
    expect(verify(' \n ', 'red ball', false).status).toBe('unparseable')
    expect(verify('red ball', 'red ball', true).status).toBe('truncated')
    expect(verify('#### red ball', 'red ball', true).status).toBe('truncated')
    expect(verify('#### red ball\n', 'red ball', true).status).toBe('correct')
  })

  it('can respect case and use another marker, or none', () => {
    expect(createVerifier({ ...config, ignoreCase: false }).verify('#### True', 'true', false).status).toBe('wrong')
    expect(createVerifier({ ...config, marker: 'Answer:' }).verify('Answer: 5\nbye', '5', false).status).toBe('correct')
    expect(createVerifier({ ...config, marker: '' }).verify('#### 5', '#### 5', false).status).toBe('correct')
  })

  it('reports an empty reference', () => {
    expect(checkReference(config, '  ')).toMatch(/expected a text that is not empty/)
  })
})

describe('choice', () => {
  const config = { kind: 'choice', choices: 'ABCD' } as const
  const { verify } = createVerifier(config)

  it.each([
    ['B', 'B'],
    ['b', 'B'],
    ['(B)', 'B'],
    ['B.', '(B)'],
    ['B) Paris', 'B'],
    ['**B**', 'B'],
    ['#### B', 'B'],
    ['\\boxed{B}', 'B'],
    ['\\boxed{\\text{(B)}}', 'B'],
    ['The answer is B.', 'B'],
    ['The answer is (b).', 'B'],
    ['Answer: B', 'B'],
    ['The correct answer is **B**, as A is too small.', 'B'],
    ['answer is A at first, but the answer is B', 'B'],
    ['A dog is an animal.\nB', 'B'],
    ['Between (A) and (C), it must be (C) here', 'C'],
    ['(A) no. \\boxed{D}', 'D'],
  ])('%j is %j', (completion, reference) => {
    expect(verify(completion, reference, false).status).toBe('correct')
  })

  it('takes no letter out of a sentence', () => {
    expect(verify('A dog is an animal.', 'A', false).status).toBe('unparseable')
    expect(verify('The answer is a dog', 'A', false).status).toBe('unparseable')
    expect(verify('the answer is Dogs', 'D', false).status).toBe('unparseable')
    expect(verify('\\boxed{E}', 'A', false).status).toBe('unparseable')
  })

  it('keeps its statuses apart', () => {
    expect(verify('The answer is C.', 'B', false)).toEqual({ reward: 0, extracted: 'C', status: 'wrong' })
    expect(verify('The answer is B', 'B', true).status).toBe('truncated')
    expect(verify('\\boxed{B} since', 'B', true).status).toBe('correct')
    expect(verify('#### B\nsince', 'B', true).status).toBe('correct')
  })

  it('reports a reference that is none of the letters', () => {
    expect(checkReference(config, 'E')).toMatch(/"E" cannot be read: expected one of the letters A, B, C, D/)
    expect(checkReference(config, '(B)')).toBeNull()
  })
})

describe('regex', () => {
  const config = { kind: 'regex', pattern: 'result: (\\w+)', flags: 'i' } as const
  const { verify } = createVerifier(config)

  it('takes group 1 of the last match, or the match', () => {
    expect(verify('Result: a, result: b.', 'b', false)).toEqual({ reward: 1, extracted: 'b', status: 'correct' })
    expect(createVerifier({ ...config, pattern: '\\d+' }).verify('1 and 22', '22', false).status).toBe('correct')
  })

  it('keeps its statuses apart', () => {
    expect(verify('result: a', 'b', false).status).toBe('wrong')
    expect(verify('nothing', 'b', false).status).toBe('unparseable')
    expect(verify('result: b', 'b', true).status).toBe('truncated')
    expect(verify('result: b.', 'b', true).status).toBe('correct')
    expect(checkReference(config, '')).toMatch(/not empty/)
  })

  it('explains an invalid pattern', () => {
    expect(() => createVerifier({ ...config, pattern: '(' })).toThrow(GpoError)
    expect(() => createVerifier({ ...config, pattern: '(' })).toThrow(/verifier\.pattern "\(" is no regular expression/)
  })

  it('interrupts a catastrophic pattern, and works on afterwards', () => {
    const started = performance.now()
    const slow = createVerifier({ kind: 'regex', pattern: '^(a+)+$', flags: '' })
    expect(slow.verify(`${'a'.repeat(40)}!`, 'a', false)).toEqual({ reward: 0, extracted: null, status: 'timeout' })
    expect(performance.now() - started).toBeLessThan(10_000)
    expect(slow.verify('aaa', 'aaa', false).status).toBe('correct')
  })
})
