/** The verifiers that read the lines before the answer: every line against a worked solution, and Countdown. */
import { checkReference, createVerifier } from '@main/text/verifier'
import { describe, expect, it } from 'vitest'

describe('steps', () => {
  const config = { kind: 'steps' } as const
  const { verify, sample } = createVerifier(config)
  const reference = 'b=7+5=12\nc=12*3=36\n#### 36\n'

  it.each([
    ['the solution itself', reference, 'correct', '#### 36'],
    ['white space and blank lines', '  b=7+5=12 \n\nc=12*3=36\r\n#### 36', 'correct', '#### 36'],
    ['a right answer after a wrong line', 'b=7+5=13\nc=12*3=36\n#### 36\n', 'wrong', 'b=7+5=13'],
    ['a line too few', 'b=7+5=12\n#### 36\n', 'wrong', '#### 36'],
    ['a line too many', `${reference}and so on`, 'wrong', 'and so on'],
    ['nothing', ' \n', 'unparseable', null],
  ])('%s', (_, completion, status, extracted) => {
    expect(verify(completion, reference, false)).toMatchObject({ status, extracted })
  })

  it('a cut-off completion is truncated, unless its last line was written', () => {
    expect(verify('b=7+5=12\nc=12', reference, true).status).toBe('truncated')
    expect(verify('b=7+5=12\nc=12*3=36\n#### 36', reference, true).status).toBe('truncated')
    expect(verify(reference, reference, true).status).toBe('correct')
  })

  it('accepts its own sample and refuses an answer without its steps', () => {
    expect(verify(sample(reference), reference, false).status).toBe('correct')
    for (const short of [' \n', '36', '#### 36\n'])
      expect(checkReference(config, short)).toMatch(/expected a worked solution of two lines/)
  })
})

describe('what is settled before the end', () => {
  const { settled, verify } = createVerifier({ kind: 'steps' })
  const reference = 'b=7+5=12\nc=12*3=36\n#### 36\n'

  it.each([
    ['', null],
    ['b=7+5=1', null], // the line may still be right
    ['b=7+5=13', null], // and this one may go on
    ['b=7+5=12\n', null],
    ['b=7+5=13\n', 'b=7+5=13'],
    ['b=7+5=12\nc=12*3=36\n#### 36\n', null],
    ['b=7+5=12\nc=12*3=36\n#### 36\nand', null], // wrong as it is, but a verdict on whole lines only
    ['b=7+5=12\nc=12*3=36\n#### 36\nand so on\n', 'and so on'],
  ])('%j', (beginning, line) => {
    expect(settled?.(beginning, reference)?.extracted ?? null).toBe(line)
  })

  it('is the reward of everything that begins so', () => {
    const pieces = ['b=7+5=12\n', 'b=7+5=13\n', 'c=12*3=36\n', '#### 36\n', '\n', ' ', '#### 36', 'c=1']
    let seed = 1
    const next = () => {
      seed = (seed * 48_271) % 2_147_483_647
      return pieces[seed % pieces.length]!
    }
    let lost = 0
    for (let n = 0; n < 2000; n++) {
      const beginning = next() + next()
      if (!settled?.(beginning, reference)) continue
      lost++
      const whole = beginning + next() + next() + next()
      for (const isTruncated of [false, true]) expect(verify(whole, reference, isTruncated).reward).toBe(0)
    }
    expect(lost).toBeGreaterThan(500)
  })

  it('is nothing where only whole completions tell', () => {
    expect(createVerifier({ kind: 'exact', ignoreCase: true, marker: '####' }).settled).toBeUndefined()
  })
})

describe('countdown', () => {
  const config = { kind: 'countdown' } as const
  const { verify, sample } = createVerifier(config)
  const reference = '25,7,3=54'

  it.each([
    ['equations', '25-7=18\n18*3=54', 'correct'],
    ['equations with what is left', '25-7=18;3,18\n18*3=54;54\n#### 54\n', 'correct'],
    ['equations with another sign', '25 − 7 = 18\n18 × 3 = 54', 'correct'],
    ['an expression in a tag', 'Let me think. 25+7=32 is too much.\n<answer>(25 - 7) * 3</answer>', 'correct'],
    ['an expression in a box', '\\boxed{3 \\times (25-7)}', 'correct'],
    ['an expression with its result', '#### (25-7)*3 = 54', 'correct'],
    ['an equation that does not hold', '25-7=19;3,19\n18*3=54', 'wrong'],
    ['a last equation that does not hold', '25-7=18\n18*3=55', 'wrong'],
    ['a number that is not given', '27-9=18\n18*3=54', 'wrong'],
    ['a number used twice', '25+25=50\n50+7=57\n57-3=54', 'wrong'],
    ['a number left over', '#### 25+29', 'wrong'],
    ['numbers left over', '25-7=18', 'wrong'],
    ['the target alone', '#### 54', 'unparseable'],
    ['an expression with another result', '#### (25-7)*3 = 55', 'wrong'],
    ['another target', '25+7=32\n32-3=29', 'wrong'],
    ['a number that becomes itself', '54=54', 'wrong'],
    ['code', '<answer>process.exit(54)</answer>', 'wrong'],
    ['words', 'It cannot be done.', 'unparseable'],
  ])('%s', (_, completion, status) => {
    expect(verify(completion, reference, false).status).toBe(status)
  })

  it('divides exactly, and never by zero', () => {
    expect(verify('#### 6/(1-3/4)', '1,3,4,6=24', false).status).toBe('correct')
    expect(verify('#### 24/(5-5)', '24,5,5=24', false).status).toBe('wrong')
  })

  it('accepts its own sample and says what a reference looks like', () => {
    for (const puzzle of [reference, '1,3,4,6=24', '10,25,15,11,8=33']) {
      const accepted = puzzle === '1,3,4,6=24' ? 'wrong' : 'correct' // needs a fraction, which the search leaves out
      expect(verify(sample(puzzle), puzzle, false).status).toBe(accepted)
    }
    expect(checkReference(config, '54=54')).toMatch(/expected 2 to 12 numbers and a target, as in 25,7,3=54/)
  })
})
