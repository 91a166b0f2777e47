import { segment } from '@main/text/segment'
import { GpoError } from '@shared/errors'
import { type Segmentation, segmentationSchema } from '@shared/schemas/plan'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const config = (settings: Partial<Segmentation>): Segmentation =>
  segmentationSchema.parse({ minStepTokens: 1, maxSteps: 256, ...settings })

const textsOf = (pieces: readonly string[], settings: Partial<Segmentation>) =>
  segment(pieces, config(settings)).map(({ start, end }) => pieces.slice(start, end).join(''))

describe('segment', () => {
  it('cuts after newlines', () => {
    expect(textsOf(['a', '=', '1', '\n', 'b', '=', '2', '\n', '\n', 'c'], { splitter: 'lines' })).toEqual([
      'a=1\n',
      'b=2\n\n',
      'c',
    ])
  })

  it('moves a cut inside a token to its end', () => {
    expect(textsOf(['a', '\nb', 'c', '\n', 'd'], { splitter: 'lines' })).toEqual(['a\nb', 'c\n', 'd'])
  })

  it('cuts after sentences, not in decimals', () => {
    expect(textsOf([...'It is 3.14. Yes! (No.) So.'], { splitter: 'sentences' })).toEqual([
      'It is 3.14. ',
      'Yes! ',
      '(No.) ',
      'So.',
    ])
  })

  it.each(['.', '!?', '.)', '。'])('cuts after sentences in time that grows with the length of %j', (marks) => {
    const pieces = Array.from({ length: 25_000 }, () => marks.repeat(16 / marks.length))
    const begin = performance.now()
    expect(segment([...pieces, ' '], config({ splitter: 'sentences' }))).toEqual([{ start: 0, end: 25_001 }])
    expect(performance.now() - begin).toBeLessThan(2000)
  })

  it('cuts windows of tokens', () => {
    expect(segment([...'abcdefg'], config({ splitter: 'window', windowTokens: 3 }))).toEqual([
      { start: 0, end: 3 },
      { start: 3, end: 6 },
      { start: 6, end: 7 },
    ])
  })

  it('cuts where a match of a pattern ends, but not before the first token', () => {
    expect(textsOf([...'aa;b;;c'], { splitter: 'regex', pattern: ';+' })).toEqual(['aa;', 'b;;', 'c'])
    expect(textsOf([...'Xab'], { splitter: 'regex', pattern: '(?=[Xb])' })).toEqual(['Xa', 'b'])
  })

  it('joins a short step with the next one, a short last step with the one before it', () => {
    expect(textsOf([...'a\nbcd\nefgh\ni'], { splitter: 'lines', minStepTokens: 4 })).toEqual(['a\nbcd\n', 'efgh\ni'])
  })

  it('joins neighbours evenly when there are too many', () => {
    expect(textsOf([...'a\nb\nc\nd\ne\nf\n'], { splitter: 'lines', maxSteps: 3 })).toEqual([
      'a\nb\n',
      'c\nd\n',
      'e\nf\n',
    ])
    expect(textsOf([...'a\nb\nc\n'], { splitter: 'lines', maxSteps: 1 })).toEqual(['a\nb\nc\n'])
  })

  it('gives no step for no tokens, one for one', () => {
    expect(segment([], config({}))).toEqual([])
    expect(segment([''], config({}))).toEqual([{ start: 0, end: 1 }])
  })

  it('explains a pattern that is invalid or too slow', () => {
    const settings = (pattern: string) => config({ splitter: 'regex', pattern })
    expect(() => segment(['a'], settings('('))).toThrow(GpoError)
    expect(() => segment(['a'], settings('('))).toThrow(/pattern "\(" is not a regular expression/)
    const started = performance.now()
    expect(() => segment([...'a'.repeat(40), '!'], settings('^(a+)+$'))).toThrow(/took over 1000 ms on 41 characters/)
    expect(performance.now() - started).toBeLessThan(10_000)
  })
})

const piece = fc.string({ unit: fc.constantFrom('a', 'b', '.', ' ', '\n', '!', ';', 'é', '😀'), maxLength: 4 })
const settings = fc.record({
  splitter: fc.constantFrom('lines' as const, 'sentences' as const, 'window' as const, 'regex' as const),
  minStepTokens: fc.integer({ min: 1, max: 12 }),
  maxSteps: fc.integer({ min: 1, max: 20 }),
  windowTokens: fc.integer({ min: 1, max: 12 }),
  pattern: fc.constantFrom(';', '\\n+', '(?=a)', '', 'b*', '.'),
})

describe('segment, for any tokens and settings', () => {
  it('covers every token once and in order, with long enough steps, not too many, and always the same', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 80 }), settings, (pieces, chosen) => {
        const steps = segment(pieces, chosen)
        expect(steps.flatMap(({ start, end }) => pieces.slice(start, end))).toEqual(pieces)
        expect(steps.map(({ start }) => start)).toEqual(
          pieces.length ? [0, ...steps.slice(0, -1).map(({ end }) => end)] : [],
        )
        const shortest = Math.min(pieces.length, chosen.minStepTokens)
        for (const { start, end } of steps) expect(end - start).toBeGreaterThanOrEqual(Math.max(1, shortest))
        expect(steps.length).toBeLessThanOrEqual(chosen.maxSteps)
        expect(segment(pieces, chosen)).toEqual(steps)
      }),
      { numRuns: 500 },
    )
  })
})
