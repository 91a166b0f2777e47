import { piecesOf } from '@main/text/tokenizer/pieces'
import { labelOf, labelsOf } from '@main/text/tokenizer/token-label'
import { expect, test } from 'vitest'

/** Tokens by id: as the vocabulary spells them, and their bytes. A decoder with `isStripping` drops the first space of a text, as Llama's does. */
function tokenizerOf(
  tokens: readonly (readonly [spelling: string, bytes: string | readonly number[]])[],
  isStripping = false,
) {
  const bytesAt = (id: number) => {
    const bytes = tokens[id]![1]
    return typeof bytes === 'string' ? [...Buffer.from(bytes)] : bytes
  }
  const decode = (ids: ArrayLike<number>) => {
    const text = Buffer.from(Array.from(ids).flatMap(bytesAt)).toString()
    return isStripping ? text.replace(/^ /, '') : text
  }
  return {
    decode,
    tokenOf: (id: number) => tokens[id]?.[0],
    pieces: (ids: ArrayLike<number>) => piecesOf(Array.from(ids), decode),
  }
}

const gpt2 = tokenizerOf([
  ['Janet', 'Janet'],
  ['âĢ', [0xe2, 0x80]],
  ['Ļ', [0x99]],
  ['s', 's'],
  ['ĠÃ', [0x20, 0xc3]],
  ['<|end|>', ''],
])
const llama = tokenizerOf(
  [
    ['▁Janet', ' Janet'],
    ['<0xE2>', [0xe2]],
    ['<0x80>', [0x80]],
    ['<0x99>', [0x99]],
    ['s', 's'],
  ],
  true,
)

test('tokens of a character in several tokens: the first show their bytes, the last one the character', () => {
  expect(labelsOf(gpt2, [0, 1, 2, 3])).toEqual([
    { text: 'Janet', isBytes: false },
    { text: 'E2 80', isBytes: true },
    { text: '’', isBytes: false },
    { text: 's', isBytes: false },
  ])
  expect(labelsOf(llama, [0, 1, 2, 3, 4]).map(({ text }) => text)).toEqual(['Janet', 'E2', '80', '’', 's'])
})

test('a text that is cut within a character shows its bytes', () => {
  expect(labelsOf(gpt2, [0, 1]).at(-1)).toEqual({ text: 'E2 80', isBytes: true })
})

test.each([
  [gpt2, 1, 'E2 80', true],
  [gpt2, 2, '99', true],
  [gpt2, 4, '20 C3', true],
  [gpt2, 3, 's', false],
  [gpt2, 5, '<|end|>', false],
  [llama, 0, ' Janet', false],
  [llama, 1, 'E2', true],
])('alone, %#: %s', (tokenizer, id, text, isBytes) => {
  expect(labelOf(tokenizer, id)).toEqual({ text, isBytes })
})
