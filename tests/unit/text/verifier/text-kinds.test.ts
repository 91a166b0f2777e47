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

  it.each([
    ['#### Red ball.', 'red ball'],
    ['#### **red ball**', 'red ball'],
    ['#### "red ball"', 'red ball'],
    ['#### “red ball.”', 'red ball'],
    ['#### red ball\n\n#### Explanation\nIt is the only one.', 'red ball'],
    ['#### Answer: red ball', 'red ball'],
    ['\\boxed{\\text{red ball}}', 'red ball'],
    ['**Red ball.**', 'red ball'],
    ['`red ball`', 'red ball'],
    ['The answer is red ball.', 'red ball'],
    ['The answer is: **red ball**. It is the only one.', 'red ball'],
    ['Die Antwort ist red ball.', 'Red ball'],
    ['<think>#### blue ball</think>\nred ball', 'red ball'],
    ['red ball', '"Red ball."'],
    ['3.5', '3.5'],
    ['#### etc.', 'etc.'],
  ])('%j is %j', (completion, reference) => {
    expect(verify(completion, reference, false).status).toBe('correct')
  })

  it.each([
    ['#### red ball', 'red balls'],
    ['#### not red ball', 'red ball'],
    ['<think>red ball</think>\nblue ball', 'red ball'],
    ['The answer is blue ball.', 'red ball'],
    ['#### 3.5', '35'],
    ['#### red ball\n#### blue ball', 'red ball'],
  ])('%j is not %j', (completion, reference) => {
    expect(verify(completion, reference, false).status).toBe('wrong')
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

  it.each([
    ['(B) Paris\n\nBecause it is not (A).', 'B'],
    ['B. Paris\n\nExplanation: Paris is the capital of France.', 'B'],
    ['**B**\n\nParis is the capital.', 'B'],
    ['Option B is correct.', 'B'],
    ['The correct option is B.', 'B'],
    ['**Correct option: B**', 'B'],
    ['ANSWER IS D. A is incorrect.', 'D'],
    ['\\boxed{D - the last}', 'D'],
    ['I would pick B — a safe choice.', 'B'],
    ['Antwort: C', 'C'],
    ['<think>Perhaps \\boxed{A}. No.</think>\n\nThe answer is C.', 'C'],
    ['Die richtige Antwort ist C, nicht A.', 'C'],
    ['La bonne réponse est la lettre C.', 'C'],
    ['La respuesta correcta es la opción C.', 'C'],
    ['Ответ: C. Вариант A неверен.', 'C'],
    ['答案是C，因为A不对。', 'C'],
    ['答案：（C）', 'C'],
    ['故选C。', 'C'],
    ['正解はCです。', 'C'],
    ['정답은 C입니다.', 'C'],
    ['b) Paris is the capital', 'B'],
    ['the answer is b', 'B'],
    ['answer: (b)', 'B'],
    ['So the answer must be option C.', 'C'],
    ['I think the answer is A because it is small.', 'A'],
    ['The answer is A, as A dog barks.', 'A'],
    ['C is the correct answer. I checked A and B.', 'C'],
    ['A) Paris\nB) London\nC) Rome\n\nThe capital is Rome, so C.', 'C'],
    ['A) Paris\nB) London\n\nB', 'B'],
    ['(C) is right; (A) is wrong.', 'C'],
    ['\\boxed{\\text{Option C}}', 'C'],
    ['\\boxed{C. Rome}', 'C'],
    ['$\\boxed{\\textbf{(C)}}$', 'C'],
    ['\\boxed{C} (put it in \\boxed{})', 'C'],
    ['I choose option C', 'C'],
    ['**Answer: C) Rome**\n\nExplanation: A and B are too far north.', 'C'],
    ['<answer>C</answer>', 'C'],
    ['The answer is not (A). The answer is (C).', 'C'],
    ['Ｃ', 'C'],
    ['[C]', 'C'],
    ['"C"', 'C'],
    ['Final answer: C\n\nNote that (A) was close.', 'C'],
  ])('%j is %j', (completion, reference) => {
    expect(verify(completion, reference, false).status).toBe('correct')
  })

  it.each([
    ['It is not (A).', 'A'],
    ['A is incorrect.', 'A'],
    ['The answer is not A.', 'A'],
    ['A or B', 'A'],
    ['\\boxed{A, B}', 'A'],
    ['The answer is A or B.', 'B'],
    ['A man walks into a bar.', 'A'],
    ['A) Paris\nB) London\nC) Rome', 'C'],
    ['A) Paris\nB) London\nC) Rome', 'A'],
    ['The answer is a matter of taste.', 'A'],
    ['I would not pick B.', 'B'],
    ['<think>The answer is A.</think>\nThe answer is C.', 'A'],
  ])('%j is not %j', (completion, reference) => {
    expect(verify(completion, reference, false).status).not.toBe('correct')
  })

  it('takes I for a pronoun unless it stands as a letter', () => {
    const ten = createVerifier({ kind: 'choice', choices: 'ABCDEFGHIJ' })
    expect(ten.verify('The answer is I think B', 'I', false).status).not.toBe('correct')
    expect(ten.verify('I think it is (B).', 'B', false).status).toBe('correct')
    expect(ten.verify('The answer is I.', 'I', false).status).toBe('correct')
    expect(ten.verify('The answer is (I).', 'I', false).status).toBe('correct')
    expect(ten.verify('I am not sure.', 'I', false).status).toBe('unparseable')
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
    expect(() => createVerifier({ ...config, pattern: '(' })).toThrow(
      /verifier\.pattern "\(" is not a regular expression/,
    )
  })

  it('interrupts a catastrophic pattern, and works on afterwards', () => {
    const started = performance.now()
    const slow = createVerifier({ kind: 'regex', pattern: '^(a+)+$', flags: '' })
    expect(slow.verify(`${'a'.repeat(40)}!`, 'a', false)).toEqual({ reward: 0, extracted: null, status: 'timeout' })
    expect(performance.now() - started).toBeLessThan(10_000)
    expect(slow.verify('aaa', 'aaa', false).status).toBe('correct')
  })
})
