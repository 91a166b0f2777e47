import { checkReference, createVerifier } from '@main/text/verifier'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const config = { kind: 'latex', timeoutMs: 10_000 } as const
const verifier = createVerifier(config)
const status = (completion: string, reference: string, isTruncated = false) =>
  verifier.verify(completion, reference, isTruncated).status
const boxed = (text: string) => `so \\boxed{${text}}.`

describe('latex: where the answer is', () => {
  it.each([
    ['\\boxed{1} or rather \\boxed{\\frac{1}{2}} of 3', '\\frac12'],
    ['\\boxed{2} and #### 3', '2'],
    ['#### \\frac{1}{2}\nbye', '0.5'],
    ['so $x = \\frac{1}{2}$.', '0.5'],
    ['so \\(x = 3\\)', '3'],
    ['so \\[ x+1 \\]', '1+x'],
    ['so $$ x+1 $$', '1+x'],
    ['where $x$ is positive, it is 5.', '5'],
    ['costs $5 and $6', '6'],
    ['it is 7', '7'],
    ['7', 'hence $x=7$ and \\boxed{7}'],
  ])('%j is %j', (completion, reference) => {
    expect(status(completion, reference)).toBe('correct')
  })
})

describe('latex: equal without computing', () => {
  it.each([
    ['\\dfrac{1}{2}', '\\frac{1}{2}'],
    ['\\frac12', '1/2'],
    ['\\left( 1, 2 \\right)', '(1,2)'],
    ['\\sqrt2', '\\sqrt{2}'],
    ['5\\text{ cm}', '5'],
    ['5 \\text{ cm}^2', '5'],
    ['18 dollars', '18'],
    ['90^\\circ', '90'],
    ['\\$1{,}000', '1000'],
    ['50\\%', '50'],
    ['\\text{Evelyn}', 'evelyn'],
    ['New York', '\\text{New York}'],
    ['\\text{(B)}', 'B'],
    ['x = 5', '5'],
    ['x \\in [1,2]', '[1,2]'],
    ['1\\frac12', '\\frac32'],
    ['1, 2', '2,1'],
    ['3 \\text{ or } 4', '4, 3'],
    ['\\{1, \\frac12\\}', '\\{0.5, 1\\}'],
    ['(\\frac12, 3)', '(0.5,3)'],
    ['(-\\infty,1]\\cup[2,3]', '[2,3] \\cup (-\\infty, 1]'],
    ['\\begin{pmatrix}1\\\\2\\end{pmatrix}', '\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}'],
    ['12\\pi\\text{ inches}', '12\\pi'],
    ['x=1\\text{ or }x=2', '2, 1'],
    ['x=\\pm 3', '-3, 3'],
    ['2\\pm\\sqrt3', '2-\\sqrt{3}, 2+\\sqrt{3}'],
    ['y=2x+1', 'f(x)=2x+1'],
  ])('%j is %j', (completion, reference) => {
    expect(status(boxed(completion), reference)).toBe('correct')
  })

  it.each([
    ['(1,2)', '(2,1)'],
    ['[0,1)', '[0,1]'],
    ['1,2', '1,2,3'],
    ['1,2,3', '1'],
    ['0.333', '\\frac13'],
    ['\\text{listen}', '\\text{silent}'],
    ['1,1,2', '1,2,2'],
    ['x=1,x=2', '2'],
    ['x=1\\text{ or }x=2', '1'],
    ['x=1,y=2', 'x=2,y=1'],
    ['x=5', 'y=5'],
  ])('%j is not %j', (completion, reference) => {
    expect(status(boxed(completion), reference)).toBe('wrong')
  })
})

describe('latex: equal by computing', () => {
  it.each([
    ['(x+1)^2', 'x^2+2x+1'],
    ['a(b+c)', 'ab+ac'],
    ['\\pi r^2', 'r^2\\pi'],
    ['\\sqrt{8}', '2\\sqrt{2}'],
    ['\\frac{1}{\\sqrt{3}}', '\\frac{\\sqrt{3}}{3}'],
    ['\\sin^2 x + \\cos^2 x', '1'],
    ['\\binom{5}{2}', '10'],
    ['2x+y=3', '3 = y+2x'],
    ['y = 3+2x', '2x+3'],
    ['y=2x+1', '2x-y+1=0'],
    ['x=y', 'y=x'],
    ['\\tan 45^\\circ', '1'],
    ['\\cos^2 x-\\sin^2 x', '\\cos 2x'],
    ['\\frac{1}{2^{40}}', '\\left(\\frac12\\right)^{40}'],
    ['e^{i\\pi}', '-1'],
    ['\\sqrt{2}^{100}', '2^{50}'],
    ['1+\\sqrt2, 1-\\sqrt2', '1-\\sqrt{2},\\sqrt{2}+1'],
    ['\\begin{pmatrix}1\\\\0.5\\end{pmatrix}', '\\begin{pmatrix} 1 \\\\ \\frac12 \\end{pmatrix}'],
  ])('%j is %j', (completion, reference) => {
    expect(status(boxed(completion), reference)).toBe('correct')
  })

  it.each([
    ['x^2', 'x^3'],
    ['x+1', 'x+2'],
    ['\\sqrt{2}', '1.414'],
    ['\\foo{2}', '1'],
    ['2\\pi', '\\pi'],
    ['\\frac{1}{2^{40}}', '\\frac{1}{2^{41}}'],
    ['0', '10^{-12}'],
    ['\\frac{\\pi}{10^{12}}', '\\frac{2\\pi}{10^{12}}'],
    ['0', '10^{-12}x'],
    ['(x+1)^{2000}', '(x+1)^{2000}+1'],
    ['\\frac{1+\\sqrt5}{2}', '1.6180339887'],
    ['y=2x+1', '2x+y+1=0'],
    ['1=1', '2=2'],
    ['2^{1000}', '2^{1000}+1'],
    ['10^{15}\\sqrt2', '10^{15}\\sqrt2+10^{-9}'],
  ])('%j is not %j', (completion, reference) => {
    expect(status(boxed(completion), reference)).toBe('wrong')
  })

  it('does not remember one comparison in the next: f is a function here and a variable there', () => {
    expect(status(boxed('1+f(x)'), 'f(x)+1')).toBe('correct')
    expect(status(boxed('f+f'), '2f')).toBe('correct')
  })

  it('says the same of any two answers in either order', () => {
    const atom = fc.constantFrom('1', '2', 'x', '\\pi', '\\sqrt{2}', '\\frac{1}{2}')
    fc.assert(
      fc.property(atom, atom, fc.constantFrom('+', '\\cdot ', '-'), (a, b, operator) => {
        const [left, right] = [`${a}${operator}${b}`, `${b}${operator}${a}`]
        expect(status(boxed(left), right)).toBe(status(boxed(right), left))
        if (operator !== '-') expect(status(boxed(left), right)).toBe('correct')
      }),
      { numRuns: 40 },
    )
  })
})

describe('latex: statuses', () => {
  it('ends a comparison that takes too long, and works on afterwards', () => {
    const hasty = createVerifier({ kind: 'latex', timeoutMs: 300 })
    hasty.verify(boxed('x+x'), '2x', false) // starts the thread
    const started = performance.now()
    expect(hasty.verify(boxed('9^{9^{9^9}}'), '1', false)).toEqual({
      reward: 0,
      extracted: '9^{9^{9^9}}',
      status: 'timeout',
    })
    expect(performance.now() - started).toBeLessThan(2000)
    expect(status(boxed('y+y'), '2y')).toBe('correct')
  })

  it('is unparseable without formula or number, truncated at the limit without a closed answer', () => {
    expect(status('I do not know', '1')).toBe('unparseable')
    expect(status('so $x=1$', '1', true)).toBe('truncated')
    expect(status('so \\boxed{1', '1', true)).toBe('truncated')
    expect(status('so \\boxed{1} and', '1', true)).toBe('correct')
  })

  it('reports an empty reference and one that is a whole text', () => {
    expect(checkReference(config, '')).toMatch(/expected a formula/)
    expect(checkReference(config, 'so it goes '.repeat(1000))).toMatch(/1000 characters at most/)
    expect(checkReference(config, `${'so it goes '.repeat(1000)}\\boxed{1}`)).toBeNull()
  })
})
