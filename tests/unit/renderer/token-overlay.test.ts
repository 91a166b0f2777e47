import { mostOf, spansBySteps, weightOf } from '@renderer/features/explorer/token-overlay'
import type { OverlayToken } from '@shared/contract/explorer'
import { expect, it } from 'vitest'

const token = (text: string, more: Partial<OverlayToken> = {}): OverlayToken => ({
  ...{ text, probability: 0.5, entropy: 1, divergence: 0.1 },
  ...more,
})
const texts = (tokens: readonly OverlayToken[], steps: readonly string[]) =>
  spansBySteps(tokens, steps).map((spans) => spans.map(({ text }) => text))

it('gives each step its tokens, and cuts a token at the end of a step', () => {
  const tokens = ['so', ' 1', '\n', 'then\n', '2'].map((text) => token(text))
  expect(texts(tokens, ['so 1\n', 'then\n', '2'])).toEqual([['so', ' 1', '\n'], ['then\n'], ['2']])
  expect(texts(tokens, ['so 1\nth', 'en\n2'])).toEqual([
    ['so', ' 1', '\n', 'th'],
    ['en\n', '2'],
  ])
})

it('leaves out tokens without text, and ends where the tokens end', () => {
  expect(texts([token('a'), token(''), token('b')], ['ab', 'more'])).toEqual([['a', 'b'], []])
})

it('weighs a token by what is unexpected about it', () => {
  const tokens = [
    token('a', { entropy: 2, divergence: 0 }),
    token('b', { probability: 1, entropy: 0.5, divergence: 0 }),
  ]
  expect(tokens.map((one) => weightOf('probability', one, mostOf('probability', tokens)))).toEqual([0.5, 0])
  expect(tokens.map((one) => weightOf('entropy', one, mostOf('entropy', tokens)))).toEqual([1, 0.25])
  expect(tokens.map((one) => weightOf('divergence', one, mostOf('divergence', tokens)))).toEqual([0, 0])
})
