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
    ['#### 18\nas in \\boxed{20}', '20'],
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

describe('number: which number is the answer', () => {
  it.each([
    // units' powers, digits in words
    ['The area is \\boxed{18\\text{ cm}^2}.', '18'],
    ['The area is 18 m^2.', '18'],
    ['The area is 18 cm2.', '18'],
    ['So it emits 18 kg of CO2.', '18'],
    ['The volume is 18 m³.', '18'],
    ['The volume is 18 m^{3}.', '18'],
    ['It weighs 18 kg per m^2', '18'],
    ['We need 18 mL of H2SO4.', '18'],
    ['The speed is 18 m/s^2', '18'],
    ['It has $18\\text{ cm}^2$.', '18'],
    ['x1 is 18 and that is it', '18'],
    // drafts
    ['<think>Perhaps \\boxed{7}, let me check. No.</think>\n\nThe answer is $12$.', '12'],
    ['<think>\n#### 7\nNo, wrong.</think>\n\nThe answer is 12.', '12'],
    ['perhaps \\boxed{7}</think>12', '12'],
    ['The answer is 12. <think>But \\boxed{7}?', '12'],
    ['<thinking>so 7</thinking><answer>12</answer>', '12'],
    ['[THINK]#### 7[/THINK]\nIt is 12.', '12'],
    ['◁think▷ \\boxed{7} ◁/think▷ 12', '12'],
    ['<|channel|>analysis<|message|>\\boxed{7}<|end|><|start|>assistant<|channel|>final<|message|>12', '12'],
    ['<think>It is \\boxed{12}', '12'],
    // after the stated answer
    ['The answer is 42. I checked it 2 times.', '42'],
    ['The final answer is 42 (see step 3).', '42'],
    ['Answer: 42\n\nNote: this took 3 steps.', '42'],
    ['#### 42\n\n#### Explanation\nWe used 3 facts and 2 rules.', '42'],
    ['#### Answer: 18\nWe used 3 facts.', '18'],
    ['#### 42 = 6*7', '42'],
    ['#### 18 (where x = 4)', '18'],
    ['**Answer:** 42\n\nThis follows from rule 2.', '42'],
    ['**Final Answer**\n42\n\nVerification: 40 + 2 = 42, in 3 ways, 7', '42'],
    ['### Answer\n\n42', '42'],
    ['42 is the answer, found in 3 steps.', '42'],
    ['The answer to question 2 is 42.', '42'],
    ['Therefore, the total is $42$ (from step 2).', '42'],
    ['So she has 42 apples. Check: 40 + 2 is 42 and 7 is 7', '42'],
    ['1. We add 40 and 2.\n2. The sum is 42.\n3. Done', '42'],
    ['Answer: 6 * 7 = 42 apples', '42'],
    ['The answer is 42, because 6 * 7 = 42 and 3 is less.', '42'],
    ['If the answer is 5, then 3 is left. The answer is 42.', '42'],
    ['The answer is not 5. The answer is 42.', '42'],
    // languages
    ['Die Antwort ist 42. Ich habe 2 Mal geprüft.', '42'],
    ['Antwort: 42\nProbe: 40 + 2', '42'],
    ['La réponse est 42 (voir étape 3).', '42'],
    ['La respuesta es 42. Usé 3 pasos.', '42'],
    ['Ответ: 42. Проверено 2 раза.', '42'],
    ['答案是42。检查了2次。', '42'],
    ['答え：42\n手順は3つ', '42'],
    ['정답은 42입니다. 2번 확인했습니다.', '42'],
    // boxes
    ['\\boxed{42} Put your answer in \\boxed{}.', '42'],
    ['\\boxed{42}, as `\\boxed{7}` asks', '42'],
    ['\\boxed{42} in the form \\boxed{answer}', '42'],
    ['\\boxed 42', '42'],
    ['\\boxed{\\boxed{42}}', '42'],
    ['\\boxed{10^6}', '1000000'],
    ['\\boxed{2^{10}}', '1024'],
    ['\\boxed{\\sqrt{16}}', '4'],
    ['\\boxed{n = 42}', '42'],
    ['\\boxed{42 \\text{ apples}}', '42'],
    ['\\boxed{\\$42}', '42'],
    ['\\boxed{\\mathbf{42}}', '42'],
  ])('%j is %j', (completion, reference) => {
    expect(status(completion, reference)).toBe('correct')
  })

  it.each([
    ['\\boxed{2\\sqrt3}', '3'],
    ['\\boxed{2√3}', '3'],
    ['\\boxed{3, 5}', '5'],
    ['\\boxed{3 \\text{ or } 5}', '5'],
    ['\\boxed{2\\pi}', '2'],
    ['\\boxed{x^2}', '2'],
    ['\\boxed{3-5}', '5'],
    ['\\boxed{3:5}', '5'],
    ['\\boxed{5x}', '5'],
    ['\\boxed{\\text{none of the 3}}', '3'],
    ['The answer is 2√3.', '3'],
    ['The answer is $2\\sqrt{3}$.', '3'],
    ['So it is $2\\sqrt{3}$.', '3'],
    ['The answer is 3 or 5.', '5'],
    ['#### 3, 5', '5'],
    ['so it is 2π', '2'],
    ['The answer is 3 to 5 apples', '5'],
  ])('%j is not a number', (completion, reference) => {
    expect(status(completion, reference)).toBe('unparseable')
  })

  it('gives the text that it took, also of a box that is not a number', () => {
    expect(verifier.verify('It is \\boxed{2\\sqrt3}.', '3', false).extracted).toBe('2\\sqrt3')
    expect(verifier.verify('The answer is 42 apples.', '42', false).extracted).toBe('42')
  })

  it('counts nothing in a block of reasoning as closed', () => {
    expect(status('<think>Perhaps \\boxed{12}', '12', true)).toBe('truncated')
    expect(status('<think>Perhaps \\boxed{7}</think>\\boxed{12}', '12', true)).toBe('correct')
  })
})

describe('number: separators of different places', () => {
  it.each([
    ['1 234 567', '1234567'],
    ['1\u202f234', '1234'],
    ['1\u00a0234,5', '1234.5'],
    ["1'234'567.5", '1234567.5'],
    ['1’234', '1234'],
    ['12,34,567', '1234567'],
    ['1.234.567', '1234567'],
    ['1.234,56', '1234.56'],
    ['0,5', '0.5'],
    ['3,14', '3.14'],
    ['1234,567', '1234.567'],
    ['0,123', '0.123'],
    ['½', '0.5'],
    ['2½', '2.5'],
    ['¾ of it', '0.75'],
    ['€1.234,50', '1234.5'],
    ['1 234,50 €', '1234.5'],
    ['US$42', '42'],
    ['42 USD', '42'],
    ['₹12,34,567', '1234567'],
    ['1.5×10^3', '1500'],
    ['1.5 · 10³', '1500'],
    ['3 million', '3000000'],
    ['2.5 million dollars', '2500000'],
    ['$3 billion', '3000000000'],
    ['2 dozen', '24'],
    ['1{,}234{,}567', '1234567'],
    ['1_000', '1000'],
    ['５０', '50'],
    ['12.5 %', '12.5'],
    ['12,5 %', '0.125'],
  ])('%j is %j', (text, reference) => {
    for (const completion of [text, `\\boxed{${text}}`, `#### ${text}`, `The answer is ${text}.`])
      expect([completion, status(completion, reference)]).toEqual([completion, 'correct'])
  })

  it.each([
    ['1.234', '1234'],
    ['1,234', '1.234'],
    ['1,2,3', '123'],
    ['1.2.3', '1.2'],
    ['1,23,4', '1234'],
    ['12 34', '1234'],
    ['12 34', '34'],
  ])('%j is not %j', (text, reference) => {
    expect(status(`\\boxed{${text}}`, reference)).not.toBe('correct')
  })

  it('says what else a number could mean', () => {
    expect(verifier.noteOn('#### 1,234')).toBe('1,234 is read as 1234; with a decimal comma it would be 1.234')
    expect(verifier.noteOn('\\boxed{1.234}')).toMatch(
      /read as a decimal fraction; with points between thousands it would be 1234/,
    )
    expect(verifier.noteOn('1,234.5')).toBeNull()
    expect(verifier.noteOn('12,34')).toBeNull()
    expect(verifier.noteOn('no number')).toBeNull()
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

  it('reports a reference that is not a number, and judges nothing by it', () => {
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
