/**
 * Small tokenizers of every kind that puts a space before a text, with added tokens of every flag, against Hugging Face's own implementation
 * (tests/parity/small_tokenizers.py wrote the values; with GPO_PYTHON, a Python that has `tokenizers`, they are computed again).
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { encodeCompletion } from '@main/text/tokenizer/completion'
import { loadTokenizer, type Tokenizer } from '@main/text/tokenizer/tokenizer'
import { describe, expect, it, test } from 'vitest'
import { folderWith } from '../unit/text/tokenizer/fixtures'

interface Golden {
  readonly texts: readonly { readonly text: string; readonly ids: number[]; readonly withSpecial: number[] }[]
  readonly pairs: readonly { readonly prompt: string; readonly completion: string; readonly ids: number[] | null }[]
}

const parity = resolve(import.meta.dirname, '../parity')
const read = (name: string) => JSON.parse(readFileSync(join(parity, name), 'utf8'))
const golden = read('small-tokenizers.golden.json') as Readonly<Record<string, Golden>>
const names = Object.keys(golden)

const open = (name: string): Tokenizer =>
  loadTokenizer(
    folderWith({
      'tokenizer.json': read(`small-tokenizers/${name}.golden.json`),
      'tokenizer_config.json': { bos_token: '<s>', eos_token: '</s>' },
    }),
  )

describe.each(names)('%s', (name) => {
  const tokenizer = open(name)
  const { texts, pairs } = golden[name] as Golden // its names are the keys

  it('encodes every text as the reference', () => {
    for (const { text, ids, withSpecial } of texts) {
      expect([...tokenizer.encode(text, { addSpecialTokens: false })], JSON.stringify(text)).toEqual(ids)
      expect([...tokenizer.encode(text)], JSON.stringify(text)).toEqual(withSpecial)
    }
  })

  it('encodes a completion after its prompt as the joined text, where there is a boundary', () => {
    for (const { prompt, completion, ids } of pairs.filter((pair) => pair.ids !== null)) {
      const found = encodeCompletion(tokenizer, prompt, completion, { addSpecialTokens: true })
      expect([...found], JSON.stringify([prompt, completion])).toEqual(ids)
    }
  })

  it('adds no space where there is no boundary: the text of both is the joined one', () => {
    const ids = (text: string) => [...tokenizer.encode(text, { addSpecialTokens: false })]
    for (const { prompt, completion } of pairs.filter((pair) => pair.ids === null && !pair.completion.includes('['))) {
      const found = encodeCompletion(tokenizer, prompt, completion, { addSpecialTokens: true })
      expect(tokenizer.decode([...ids(prompt), ...found])).toBe(tokenizer.decode(ids(prompt + completion)))
    }
  })
})

const python = process.env['GPO_PYTHON']
test.skipIf(!python)('the installed library computes the same', () => {
  const script = join(parity, 'small_tokenizers.py')
  expect(execFileSync(python ?? '', [script, '--check'], { encoding: 'utf8' })).toMatch(/agree/)
})
