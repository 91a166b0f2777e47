import { GUIDANCE, METHODS } from '@shared/help/methods'
import { WORDS, wordOf } from '@shared/help/words'
import { planSchema } from '@shared/schemas/plan'
import katex from 'katex'
import { expect, test } from 'vitest'

const inside = (text: string) => [...text.matchAll(/\$([^$]+)\$/g)].map(([, formula]) => formula!)

test('every formula is one, in the words and in the methods', () => {
  const methods = [...Object.values(METHODS), GUIDANCE]
  const formulas = [
    ...methods.flatMap(({ formula, where }) => [formula, ...inside(where)]),
    ...WORDS.flatMap((word) => [...inside(word.meaning), ...inside('also' in word ? word.also : '')]),
  ]
  expect(formulas.length).toBeGreaterThan(20)
  for (const formula of formulas) expect(() => katex.renderToString(formula, { throwOnError: true })).not.toThrow()
})

test('every word has an address of its own, and every objective a method', () => {
  expect(new Set(WORDS.map(({ id }) => id)).size).toBe(WORDS.length)
  expect(wordOf('critical').word).toBe('Critical step')
  for (const kind of Object.keys(METHODS)) {
    const plan = { model: { path: 'm' }, data: { train: { path: 'd' } }, objective: { kind } }
    expect(planSchema.safeParse(plan).success).toBe(true)
  }
})
