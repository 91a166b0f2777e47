import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { solve } from '../../../scripts/tasks/corpus'
import { CORPUS_FAMILIES } from '../../../scripts/tasks/family'
import { OBJECTS, PEOPLE } from '../../../scripts/tasks/shuffled-objects'
import { tinyTokenizerFiles } from '../../../scripts/tokenizer/tiny-tokenizer'
import { loadTinyTokenizer, readTasks, readTiny } from './resources'

const tokenizer = loadTinyTokenizer()
const idsOf = (text: string) => tokenizer.encode(text).ids

describe('tiny tokenizer', () => {
  it('is what the script writes', () => {
    for (const [name, content] of Object.entries(tinyTokenizerFiles())) {
      expect(readTiny(name)).toBe(`${JSON.stringify(content, null, 2)}\n`)
    }
  })

  it('has ids 0 to size - 1, the special tokens first, and at most 384 of them', () => {
    const ids = [...tokenizer.get_vocab().values()].sort((a, b) => a - b)
    expect(ids).toEqual(ids.map((_, i) => i))
    expect(ids.length).toBeLessThanOrEqual(384)
    expect(['<|pad|>', '<|bos|>', '<|eos|>'].map((token) => tokenizer.token_to_id(token))).toEqual([0, 1, 2])
  })

  it('gives any text back', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.string())
    fc.assert(
      fc.property(
        text.filter((value) => value.length > 0),
        (value) => {
          expect(tokenizer.decode(idsOf(value))).toBe(value)
        },
      ),
      { numRuns: 1000, seed: 1 },
    )
  })

  it('keeps digits and operators single tokens', () => {
    const digits = fc.array(fc.constantFrom(...'0123456789'), { minLength: 1 }).map((list) => list.join(''))
    fc.assert(
      fc.property(digits, (value) => {
        expect(tokenizer.tokenize(value)).toEqual([...value])
      }),
      { seed: 1 },
    )
    expect(tokenizer.tokenize('b=17+5=22;c?\n')).toEqual([...'b=17+5=22;c?Ċ'])
  })

  it('has one token for every word of the tasks where it stands', () => {
    const words = [
      ...PEOPLE,
      ...OBJECTS.map((object) => ` ${object}`),
      'true',
      ' true',
      'false',
      ' false',
      'not',
      ' not',
    ]
    for (const word of [...words, ' and', ' or', ' (', '####']) expect(tokenizer.tokenize(word)).toHaveLength(1)
  })

  it('adds no special token by itself and reads them where they are written', () => {
    expect(tokenizer.tokenize('Ann cup', { add_special_tokens: true })).toEqual(['Ann', 'Ġcup'])
    expect(idsOf('7<|eos|>')).toEqual([3 + '7'.charCodeAt(0), 2])
    expect(tokenizer.decode(idsOf('7<|eos|>'), { skip_special_tokens: true })).toBe('7')
  })

  it('cuts a prompt with its solution exactly where the solution begins', () => {
    for (const task of CORPUS_FAMILIES.flatMap(readTasks).filter((_, i) => i % 4 === 0)) {
      const { completion } = solve(task)
      expect(idsOf(task.prompt + completion)).toEqual([...idsOf(task.prompt), ...idsOf(completion)])
    }
  })
})
