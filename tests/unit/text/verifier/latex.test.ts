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

describe('latex: names and words', () => {
  it.each([
    ['\\text{Yes}', '\\text{yes}'],
    ['\\text{odd}', '\\text{Odd}'],
    ['Yes', 'yes'],
    ['\\text{No}', 'No.'],
    ['\\textbf{No}', 'no'],
    ['\\text{the red ball}', 'Red ball'],
    ['2Nk', '2kN'],
    ['E=mc^2', 'mc^2'],
    ['3+4\\mathrm{i}', '3+4i'],
    ['3+4\\text{i}', '3+4i'],
    ['\\mathrm{e}^2', 'e^2'],
    ['10:30 \\text{ a.m.}', '10:30 \\text{ AM}'],
    ['xy', 'yx'],
    ['abc', 'cab'],
  ])('%j is %j', (completion, reference) => {
    expect(status(boxed(completion), reference)).toBe('correct')
  })

  it.each([
    ['\\text{No}', '\\text{Yes}'],
    ['\\text{Yes}', '\\text{No}'],
    ['\\text{No}', '\\frac{n(n+1)}{2}'],
    ['\\text{No}', '2x'],
    ['\\text{No}', '\\sin x'],
    ['\\text{No}', 'k\\pi'],
    ['2Nk', 'Nk'],
    ['Nk', 'Nm'],
    ['Nx+1', 'x^2+1'],
    ['\\mathrm{NaN}', '\\sqrt{x}'],
    ['\\text{tea}', '\\text{eat}'],
    ['ON', 'NO'],
    ['tea', 'eat'],
    ['\\text{odd}', '\\text{even}'],
    ['No', 'N'],
    ['N', '1'],
    ['N', 'n'],
    ['\\text{None}', '0'],
    ...['N', 'D', 'E', 'I', 'O', 'S', 'C', 'Q', 'Z', 'R', 'P', 'H', 'K', 'G'].flatMap((name) => [
      [name, 'x'],
      [`${name}x`, `2${name}x`],
      [`${name}+1`, `${name}+2`],
      [`\\text{${name}o}`, `x`],
    ]),
    ['\\mathrm{Pi}', '\\pi'],
    ['\\mathrm{True}', '1'],
    ['\\mathrm{Nothing}', '0'],
    ['\\mathrm{Undefined}', 'x'],
    ['\\infty', '-\\infty'],
    ['\\infty', '10^{100}'],
    ['\\frac{0}{0}', '1'],
    ['\\frac{x}{0}', '\\frac{y}{0}'],
    ['\\ln(-x^2)', '\\sqrt{-1-x^2}'],
    ['10:30 \\text{ p.m.}', '10:30 \\text{ a.m.}'],
    ['10:30', '10:45'],
    ['3+4\\mathrm{i}', '7'],
    ['2\\mathrm{e}', '2'],
    ['5\\mathrm{x}', '5'],
    ['5\\text{n}', '5'],
    ['5\\text{ less}', '5'],
    ['5\\text{ or more}', '5'],
    ['x^{2024}', 'x^{2022}'],
    ['x+10^{12}', 'x+10^{12}+1'],
  ])('%j is not %j', (completion, reference) => {
    expect(status(boxed(completion ?? ''), reference ?? '')).toBe('wrong')
    expect(status(boxed(reference ?? ''), completion ?? '')).toBe('wrong')
  })
})

describe('latex: units and magnitudes', () => {
  it.each([
    ['18 m^2', '18'],
    ['18\\text{ cm}^2', '18'],
    ['18\\text{ square feet}', '18'],
    ['12\\pi\\text{ cm}^3', '12\\pi'],
    ['5\\ \\frac{\\text{m}}{\\text{s}}', '5'],
    ['5\\text{ m/s}', '5'],
    ['5 \\text{ m}/\\text{s}^2', '5'],
    ['60^{\\circ}', '60'],
    ['60°', '60^\\circ'],
    ['60 \\text{ degrees}', '60^\\circ'],
    ['\\text{\\$}5', '5'],
    ['5\\text{ dollars}', '\\$5'],
    ['3 \\text{ million}', '3000000'],
    ['3\\text{ million dollars}', '3{,}000{,}000'],
    ['2.5 billion', '2500000000'],
    ['2 \\text{ dozen}', '24'],
    ['12\\text{ apples}', '12'],
    ['25\\%', '\\frac14'],
    ['25\\%', '25'],
    ['20\\text{ cm}', '20\\text{ centimeters}'],
    ['5\\text{ square units}', '5'],
    ['37^\\circ\\text{C}', '37'],
  ])('%j is %j', (completion, reference) => {
    expect(status(boxed(completion), reference)).toBe('correct')
    expect(status(boxed(reference), completion)).toBe('correct')
  })

  it.each([
    ['5\\text{ cm}', '5\\text{ m}'],
    ['3\\text{ million}', '3'],
    ['2\\text{ dozen}', '2'],
    ['\\$5', '€5'],
    ['5\\text{ cm}', '6'],
    ['5\\text{ thirds}', '5'],
    ['5m', '5'],
    ['5^\\circ', '6^\\circ'],
    ['25\\%', '0.3'],
    ['20\\text{ cm}^2', '20\\text{ cm}'],
  ])('%j is not %j', (completion, reference) => {
    expect(status(boxed(completion), reference)).toBe('wrong')
    expect(status(boxed(reference), completion)).toBe('wrong')
  })
})

describe('latex: what a name is said to be', () => {
  it.each([
    ['AB = 5', '5'],
    ['\\angle ABC = 30^\\circ', '30^\\circ'],
    ['\\text{Area} = 5', '5'],
    ['(a,b)=(1,2)', '(1,2)'],
    ['5 = x', '5'],
    ['x_1 = 5', '5'],
    ['\\theta = \\frac{\\pi}{3}', '\\frac{\\pi}3'],
    ['m\\angle B = 30', '30'],
    ['\\overline{AB} = 5', '5'],
    ['|AB| = 5', '5'],
    ['[ABC] = 12', '12'],
    ['P(A) = \\frac13', '\\frac13'],
    ['f(2) = 7', '7'],
    ['S_{ABC}=6', '6'],
    ['\\text{Area of } ABC = 5'.replace(' ABC', ''), '5'],
    ['\\text{Area: } 5', '5'],
    ['x = 2+3 = 5', '5'],
    ['\\frac{dy}{dx} = 2x', '2x'],
    ['x \\approx 3.14', '3.14'],
    ["f'(x) = 2x", '2x'],
    ['(x, y, z) = (1, 2, 3)', '(1,2,3)'],
    ['2x+4y=6', 'x+2y=3'],
    ['x^2+y^2=1', 'y^2 = 1-x^2'],
    ['AB = 5', 'AB=5'],
  ])('%j is %j', (completion, reference) => {
    expect(status(boxed(completion), reference)).toBe('correct')
    expect(status(boxed(reference), completion)).toBe('correct')
  })

  it.each([
    ['AB = 5', '6'],
    ['AB = 5', 'CD = 5'],
    ['\\text{Area} = 5', '\\text{Perimeter} = 5'],
    ['(a,b)=(1,2)', '(2,1)'],
    ['(a,b)=(1,2)', '(b,a)=(1,2)'],
    ['\\angle ABC = 30^\\circ', '60'],
    ['x^2 = 5', '5'],
    ['x+1 = 5', '5'],
    ['y=2x+1', 'y=2x'],
    ['x = 5', 'y = 5'],
  ])('%j is not %j', (completion, reference) => {
    expect(status(boxed(completion), reference)).toBe('wrong')
    expect(status(boxed(reference), completion)).toBe('wrong')
  })
})

describe('latex: sets of numbers', () => {
  it.each([
    ['(0, 12.5)', '0 < x < 12.5'],
    ['(-\\infty,4)', 'x<4'],
    ['\\mathbb{R}', '(-\\infty,\\infty)'],
    ['[0, 1) ∪ (2, 3]', '[0,1)\\cup(2,3]'],
    [']2,5[', '(2,5)'],
    ['x\\ge 2', '[2,\\infty)'],
    ['2 \\le x', 'x \\geqslant 2'],
    ['x \\in [2, \\infty)', 'x≥2'],
    ['5 > x > 1', '(1,5)'],
    ['x<-1 \\text{ or } x>1', '(-\\infty,-1)\\cup(1,\\infty)'],
    ['x>1 \\text{ and } x<3', '(1,3)'],
    ['x\\neq 0', '(-\\infty,0)\\cup(0,\\infty)'],
    ['\\mathbb{R}\\setminus\\{0\\}', 'x\\ne 0'],
    ['\\{x \\mid 0<x<5\\}', '(0,5)'],
    ['(1,2)\\cup(0,1]', '(0,2)'],
    ['\\emptyset', '\\varnothing'],
    ['(\\frac12, \\sqrt2]', '0.5 < t \\le \\sqrt{2}'],
    ['\\left(-\\infty, -2\\right] \\cup \\left[2, +\\infty\\right)', '[2,\\infty)\\cup(-\\infty,-2]'],
    ['\\text{all real numbers}', '\\mathbb{R}'],
  ])('%j is %j', (completion, reference) => {
    expect(status(boxed(completion), reference)).toBe('correct')
    expect(status(boxed(reference), completion)).toBe('correct')
  })

  it.each([
    ['x<4', 'x\\le 4'],
    ['x<4', 'x>4'],
    ['x<4', 'y<4'],
    ['(0,5)', '[0,5]'],
    ['(0,5)', '0<x<6'],
    [']2,5[', '[2,5]'],
    ['x<4', '4'],
    ['(0,1)\\cup(1,2)', '(0,2)'],
    ['\\mathbb{R}', '\\mathbb{Z}'],
    ['\\mathbb{R}', '(0,\\infty)'],
    ['\\emptyset', '0'],
    ['x\\ne 0', '\\mathbb{R}'],
  ])('%j is not %j', (completion, reference) => {
    expect(status(boxed(completion), reference)).toBe('wrong')
    expect(status(boxed(reference), completion)).toBe('wrong')
  })
})

describe('latex: usual spellings', () => {
  it.each([
    ['11\\ 5/6', '\\frac{71}{6}'],
    ['{\\bf 5}', '5'],
    ['√2', '\\sqrt{2}'],
    ['2√3', '2\\sqrt3'],
    ['√(x+1)', '\\sqrt{x+1}'],
    ['x²', 'x^2'],
    ['\\mathbf{12}', '12'],
    ['\\displaystyle\\frac12', '0.5'],
    ['½', '0.5'],
    ['2½', '2.5'],
    ["1'234.5", '1234.5'],
    ['1\\,000\\,000', '10^6'],
    ['$5$', '5'],
    ['\\(5\\)', '5'],
    ['\\left\\{1,2\\right\\}', '\\{2,1\\}'],
    ['5.', '5'],
    ['\\boxed{5}', '5'],
    ['x^{10}', 'x^10'],
    ['3 \\times 10^{8}', '300000000'],
    ['0.\\overline{3}', '\\frac13'],
    ['\\begin{bmatrix}1&2\\\\3&4\\end{bmatrix}', '\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}'],
    ['\\frac{\\sqrt{3}}{2}', 'sqrt(3)/2'],
    ['\\tfrac{3}{4}', '3/4'],
    ['\\dfrac{3\\pi}{4}', '3\\pi/4'],
  ])('%j is %j', (completion, reference) => {
    expect(status(boxed(completion), reference)).toBe('correct')
    expect(status(boxed(reference), completion)).toBe('correct')
  })

  it.each([
    ['\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}', '\\begin{pmatrix}1&3\\\\2&4\\end{pmatrix}'],
    ['\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}', '\\begin{pmatrix}1&2&3&4\\end{pmatrix}'],
    ['11 5/6', '\\frac{55}{6}'],
    ['1.234', '1234'],
    ['12', '1, 2'],
    ['\\{1,2\\}', '(1,2)'],
  ])('%j is not %j', (completion, reference) => {
    expect(status(boxed(completion), reference)).toBe('wrong')
  })
})

describe('latex: which part is the answer', () => {
  it.each([
    ['<think>Perhaps \\boxed{7}, let me check. No.</think>\n\nThe answer is $12$.', '12'],
    ['So the area is $12\\pi$ cm^2.', '12\\pi'],
    ['The answer is $\\frac{3}{4}$ (see step 2).', '\\frac34'],
    ['Thus $x=5$, as required in part 3.', '5'],
    ['The answer is $x^2+1$. I used 2 identities.', 'x^2+1'],
    ['Hence the answer is (2, 3).', '(2,3)'],
    ['The answers are $3$ and $5$.', '3, 5'],
    ['The roots are \\boxed{1} and \\boxed{2}.', '1, 2'],
    ['\\boxed{x=1} or \\boxed{x=2}', '\\{1,2\\}'],
    ['\\boxed{5} as in `\\boxed{}`', '5'],
    ['\\boxed{12} Remember to write \\boxed{\\text{answer}}', '12'],
    ['**Answer:** $\\frac12$\n\n**Check:** $2 \\cdot \\frac12 = 1$', '\\frac12'],
    ['#### \\frac{1}{2}\n\n#### Explanation\nIt took 3 steps.', '0.5'],
    ['The answer is 2√3.', '2\\sqrt{3}'],
    ['The final answer is x = 5.', '5'],
    ['Therefore the answer is \\frac{3}{4}.', '0.75'],
    ['Die Antwort ist $12\\pi$. Schritt 3 war schwer.', '12\\pi'],
    ['La réponse est $x^2$ (étape 2).', 'x^2'],
    ['答案是 $12\\pi$。', '12\\pi'],
    ['The answer is yes.', 'Yes'],
    ['Since $n=2$ is even, the answer is no.', '\\text{No}'],
    ['The answer is 3 million dollars.', '3000000'],
    ['We get $$\nx+1\n$$', 'x+1'],
    ['The area is $18$ m^2', '18'],
    ['The interval is $[0,1)$. I checked the 2 ends.', '[0,1)'],
    ['$x^2+1$ is the answer to question 4.', 'x^2+1'],
    ['The answer is the interval $(0, 1]$.', '0<x\\le1'],
    ['x^2 + 1', '1+x^2'],
  ])('%j is %j', (completion, reference) => {
    expect(status(completion, reference)).toBe('correct')
  })

  it.each([
    ['<think>Perhaps \\boxed{12}, let me check. No.</think>\n\nThe answer is $7$.', '12'],
    ['The answer is $7$, not $12$.', '12'],
    ['\\boxed{1}, \\boxed{2}, \\boxed{3}', '2, 3'],
    ['\\boxed{1} and \\boxed{2}', '1'],
    ['The answer is $x^2+1$. I used 2 identities.', '2'],
    ['The answer is a polynomial of degree 2.', 'a'],
  ])('%j is not %j', (completion, reference) => {
    expect(status(completion, reference)).not.toBe('correct')
  })

  it('shows all boxes where the reference has several elements', () => {
    expect(verifier.verify('\\boxed{1} and \\boxed{2}', '2, 1', false).extracted).toBe('1, 2')
    expect(verifier.verify('\\boxed{1} and \\boxed{2}', '2', false).extracted).toBe('2')
  })
})

describe('latex: statuses', () => {
  it('ends a comparison that takes too long, and works on afterwards', () => {
    const hasty = createVerifier({ kind: 'latex', timeoutMs: 20 })
    const started = performance.now()
    expect(hasty.verify(boxed('\\sum_{k=1}^{2000} \\sin(kx)^{x}'), '\\cos x', false)).toEqual({
      reward: 0,
      extracted: '\\sum_{k=1}^{2000} \\sin(kx)^{x}',
      status: 'timeout',
    })
    expect(performance.now() - started).toBeLessThan(2000)
    expect(status(boxed('y+y'), '2y')).toBe('correct')
  })

  it.each(['9^{9^{9^9}}', '\\frac{1}{0}', '10^{10^{100}}x', '(((1000!)!)!)', '\\sin(10^{10^{9}})'])(
    'is done with %s',
    (text) => {
      expect(status(boxed(text), '1')).toBe('wrong')
    },
  )

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
