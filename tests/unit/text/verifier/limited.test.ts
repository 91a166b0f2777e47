import { type Kind, verifierOf } from '@main/text/verifier/kind'
import { limited } from '@main/text/verifier/limited'
import { expect, test } from 'vitest'

const endless = () => {
  for (;;) if (/^(a+)+$/.test(`${'a'.repeat(60)}b`)) return null
}
const kind: Kind<string> = {
  find: (text) => (text === 'endless' ? endless() : { text, answer: text, isComplete: true }),
  read: (text) => (text === 'endless' ? endless() : text),
  compare: (a, b) => (a === b ? 'equal' : 'different'),
  expects: 'anything',
}
const verifier = verifierOf(limited(kind, 50))

test('a search that does not end is a timeout, and the next verdict is right', () => {
  expect(verifier.verify('endless', '5', false)).toEqual({ reward: 0, extracted: null, status: 'timeout' })
  expect(verifier.verify('5', '5', false)).toEqual({ reward: 1, extracted: '5', status: 'correct' })
})

test('a reference that is not read in time cannot be read', () => {
  expect(verifier.checkReference('endless')).toMatch(/cannot be read/)
})
