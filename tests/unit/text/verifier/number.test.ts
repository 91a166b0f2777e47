import { checkReference, createVerifier } from '@main/text/verifier'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const verifier = createVerifier({ kind: 'number', tolerance: 0 })
const status = (completion: string, reference: string, isTruncated = false) =>
  verifier.verify(completion, reference, isTruncated).status

describe('number: what is read', () => {
  it.each([
    ['#### 18', '18'],
    ['3 * 6 = 18\n#### 18', '18'],
    ['#### 18 apples in 3 days', '18'],
    ['#### x = 18', '18'],
    ['#### 10 + 8 = 18', '18'],
    ['#### 18 = x', '18'],
    ['#### 17\nno wait\n#### 18', '18'],
    ['#### Step 3\nthe answer is 18', '18'],
    ['\\boxed{7} and so \\boxed{18} of 20', '18'],
    ['\\boxed{x = 18}', '18'],
    ['#### 18\nas in \\boxed{20}', '18'],
    ['They are 12 and 18.', '18'],
    ['The total is $1,234.50.', '1234.5'],
    ['1{,}234', '1234'],
    ['1\\,234', '1234'],
    ['12,345,678', '12345678'],
    ['-5', '-5'],
    ['\u22125', '-5'],
    ['-$5', '-5'],
    ['$-5', '-5'],
    ['10-5', '5'],
    ['12 - 3', '3'],
    ['0.75', '3/4'],
    ['.75', '3/4'],
    ['\\frac{3}{4}', '0.75'],
    ['\\dfrac{-3}{4}', '-0.75'],
    ['-\\frac34', '-0.75'],
    ['$3\\frac{1}{2}$', '7/2'],
    ['about 3 1/2 cups', '3.5'],
    ['1.5e3', '1500'],
    ['2E-3', '0.002'],
    ['1.5 \\times 10^{3}', '1500'],
    ['3*10^2', '300'],
    ['50%', '50'],
    ['50\\%', '0.5'],
    ['5 km', '5'],
    ['18', 'The answer is 9 * 2 = 18\n#### 18'],
    ['007', '7'],
  ])('%j is %j', (completion, reference) => {
    expect(status(completion, reference)).toBe('correct')
  })

  it.each([
    ['#### 17', '18'],
    ['18 of 20', '18'],
    ['0.333', '1/3'],
    ['1.8', '18'],
    ['-18', '18'],
    ['5%', '50%'],
    ['1,23', '123'],
  ])('%j is not %j', (completion, reference) => {
    expect(status(completion, reference)).toBe('wrong')
  })

  it('gives the answer as it was written and reward 1 or 0', () => {
    expect(verifier.verify('#### $1,234', '1234', false)).toEqual({ reward: 1, extracted: '$1,234', status: 'correct' })
    expect(verifier.verify('#### 3', '1234', false)).toEqual({ reward: 0, extracted: '3', status: 'wrong' })
  })

  it('counts a difference up to the tolerance as equal, and no more', () => {
    const tolerant = createVerifier({ kind: 'number', tolerance: 0.01 })
    expect(tolerant.verify('0.34', '0.33', false).status).toBe('correct')
    expect(tolerant.verify('0.341', '0.33', false).status).toBe('wrong')
  })
})

describe('number: statuses', () => {
  it('is unparseable without a number, and with a zero denominator', () => {
    expect(verifier.verify('I do not know', '18', false)).toEqual({ reward: 0, extracted: null, status: 'unparseable' })
    expect(status('#### 1/0', '1')).toBe('unparseable')
  })

  it('is truncated at the token limit unless an explicit answer was closed', () => {
    expect(status('so far 12 and 18', '18', true)).toBe('truncated')
    expect(status('#### 18', '18', true)).toBe('truncated')
    expect(status('\\boxed{18', '18', true)).toBe('truncated')
    expect(status('#### 18\nand then', '18', true)).toBe('correct')
    expect(status('\\boxed{18} and then', '18', true)).toBe('correct')
    expect(status('\\boxed{17} and then', '18', true)).toBe('wrong')
  })

  it('reports a reference that is no number, and judges nothing by it', () => {
    expect(checkReference({ kind: 'number', tolerance: 0 }, 'eighteen')).toMatch(
      /"eighteen" cannot be read: expected a number/,
    )
    expect(checkReference({ kind: 'number', tolerance: 0 }, '1,800')).toBeNull()
    expect(status('#### 18', 'eighteen')).toBe('unparseable')
  })
})

describe('number: properties', () => {
  const grouped = (n: bigint) => n.toString().replace(/\B(?=(\d{3})+$)/g, ',')

  it('reads an integer however it is written', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.boolean(), (size, isNegative) => {
        const sign = isNegative ? '-' : ''
        const n = `${sign}${size}`
        const spellings = [
          grouped(size),
          `$${size}`,
          `${size}.00`,
          `${size} apples`,
          `${size}e0`,
          `${size}/1`,
          `\\frac{${size}}{1}`,
        ]
        for (const spelling of spellings.map((text) => sign + text))
          for (const text of [spelling, `#### ${spelling}`, `so \\boxed{${spelling}}.`, `It is ${spelling}.`])
            expect([text, status(text, n)]).toEqual([text, 'correct'])
      }),
    )
  })

  it('compares fractions as exact numbers', () => {
    const int = fc.integer({ min: 1, max: 10_000 })
    fc.assert(
      fc.property(int, int, int, (a, b, k) => {
        expect(status(`${a * k}/${b * k}`, `\\frac{${a}}{${b}}`)).toBe('correct')
        expect(status(`${a * k + 1}/${b * k}`, `\\frac{${a}}{${b}}`)).toBe('wrong')
      }),
    )
  })

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), fc.boolean(), (a, b, c) => void verifier.verify(a, b, c)),
    )
    const hostile = fc.string({
      unit: fc.constantFrom('\\frac', '\\boxed{', '####', '{', '}', '1', ',', '.', '-', 'e', '%', '$', ' ', '/', '\n'),
    })
    fc.assert(fc.property(hostile, fc.boolean(), (text, isTruncated) => void verifier.verify(text, text, isTruncated)))
  })
})
