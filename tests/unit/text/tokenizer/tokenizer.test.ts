import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkTokenizerFits, loadTokenizer } from '@main/text/tokenizer/tokenizer'
import { GpoError } from '@shared/errors'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byteLevel, byteLevelFiles, folderWith, wordLevel, wordLevelFiles } from './fixtures'

const bytes = loadTokenizer(folderWith(byteLevelFiles))
const words = loadTokenizer(folderWith(wordLevelFiles))
const byte = (value: number) => 3 + value

function failure(act: () => unknown): GpoError {
  try {
    act()
  } catch (error) {
    if (error instanceof GpoError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('encoding and decoding', () => {
  it('knows merges, single bytes and special tokens', () => {
    expect([...bytes.encode('hello<eos>')]).toEqual([261, byte(0x6f), 2])
    expect(bytes.decode([261, byte(0x6f), 2])).toBe('hello<eos>')
    expect(bytes.decode([261, byte(0x6f), 2], { skipSpecialTokens: true })).toBe('hello')
    expect(bytes.tokenOf(261)).toBe('hell')
  })

  it('adds special tokens only when asked to', () => {
    const [begin, ...rest] = words.encode('hello world')
    expect(begin).toBe(1)
    expect([...words.encode('hello world', { addSpecialTokens: false })]).toEqual(rest)
    expect(rest.map((id) => words.tokenOf(id))).toEqual(['▁hello', '▁world'])
    expect(words.decode(rest)).toBe('hello world')
  })

  it('makes nothing of nothing', () => {
    expect(bytes.encode('')).toHaveLength(0)
    expect(bytes.decode([])).toBe('')
    expect(bytes.pieces([])).toEqual([])
  })

  it('leaves out ids that no token has, as rows at the end of an embedding', () => {
    expect(bytes.decode([byte(0x61), 999_999, byte(0x62), -1])).toBe('ab')
    expect(bytes.pieces([byte(0x61), 999_999, byte(0x62), -1])).toEqual(['a', '', 'b', ''])
    expect(words.decode([999_999])).toBe('')
  })

  it('leaves out what a vocabulary without an unknown token cannot spell, and takes the unknown token elsewhere', () => {
    const model = { ...byteLevel.model, vocab: { a: 0, b: 1 }, merges: [] }
    const few = loadTokenizer(folderWith({ 'tokenizer.json': { ...byteLevel, added_tokens: [], model } }))
    expect([...few.encode('acb')]).toEqual([0, 1])
    const { '▁': space, a: _, ...vocab } = Object.fromEntries([...'▁ab'].map((token, id) => [token, id + 1]))
    const unknown = {
      ...wordLevel.model,
      byte_fallback: false,
      vocab: { '<unk>': 0, '▁': space, ...vocab },
      merges: [],
    }
    const lettered = loadTokenizer(folderWith({ 'tokenizer.json': { ...wordLevel, added_tokens: [], model: unknown } }))
    expect([...lettered.encode('ab', { addSpecialTokens: false })]).toEqual([1, 0, 3])
  })

  it('refuses to add a token that has no id', () => {
    const post = { ...wordLevel.post_processor, single: [{ SpecialToken: { id: '<gone>', type_id: 0 } }] }
    const tokenizer = loadTokenizer(folderWith({ 'tokenizer.json': { ...byteLevel, post_processor: post } }))
    expect(failure(() => tokenizer.encode('a'))).toMatchObject({
      code: 'model',
      message: expect.stringMatching(/has no id for the token "<gone>"/),
    })
  })

  it('gives any text of bytes back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(bytes.decode(bytes.encode(text))).toBe(text)
      }),
      { numRuns: 500, seed: 1 },
    )
  })
})

describe('pieces', () => {
  it('give a character of several tokens to the one that completes it', () => {
    expect([...bytes.encode('a€b')]).toEqual([byte(0x61), 262, byte(0xac), byte(0x62)])
    expect(bytes.pieces(bytes.encode('a€b'))).toEqual(['a', '', '€', 'b'])
    expect(bytes.pieces([0xf0, 0x9f, 0x99, 0x82].map(byte))).toEqual(['', '', '', '🙂'])
  })

  it('give a token that ends one character and begins the next what it ends', () => {
    expect([...bytes.encode('éé')]).toEqual([byte(0xc3), 263, byte(0xa9)])
    expect(bytes.pieces(bytes.encode('éé'))).toEqual(['', 'é', 'é'])
  })

  it('show an end in the middle of a character as decoding does', () => {
    expect(bytes.pieces([byte(0x61), byte(0xe2)])).toEqual(['a', '\uFFFD'])
    expect(bytes.pieces([byte(0xe2), 2, byte(0x61)])).toEqual(['', '\uFFFD<eos>', 'a'])
  })

  it('keep the spaces between words where only the first of a text is taken away', () => {
    const ids = words.encode('hello world hello', { addSpecialTokens: false })
    expect(words.pieces(ids)).toEqual(['hello', ' world', ' hello'])
    expect(words.pieces(words.encode('hello €', { addSpecialTokens: false }))).toEqual(['hello', ' ', '', '', '€'])
  })

  it.each([
    ['bytes', bytes, 264],
    ['words', words, 279],
  ] as const)('of %s joined are the decoded text, whatever the ids', (_, tokenizer, size) => {
    const ids = fc.oneof(
      fc.array(fc.nat(size + 1), { maxLength: 40 }),
      fc.array(fc.integer({ min: byte(0x7e), max: byte(0xff) }), { maxLength: 40 }),
      fc.string({ unit: 'binary' }).map((text) => [...tokenizer.encode(text)]),
    )
    fc.assert(
      fc.property(ids, (list) => {
        const pieces = tokenizer.pieces(list)
        expect(pieces).toHaveLength(list.length)
        expect(pieces.join('')).toBe(tokenizer.decode(list))
      }),
      { numRuns: 1000, seed: 1 },
    )
  })

  it.each([
    ['bytes', bytes],
    ['words', words],
  ])('of %s that never become a character are found soon, and joined are the decoded text', (_, tokenizer) => {
    const id = Array.from({ length: tokenizer.vocabSize }, (_, i) => i).find((i) => /^(Ģ|<0x80>)$/.test(tokenizer.tokenOf(i) ?? '')) // biome-ignore format: one line
    const ids = new Array<number>(20_000).fill(id ?? -1)
    const begin = performance.now()
    const pieces = tokenizer.pieces(ids)
    expect(performance.now() - begin).toBeLessThan(5000)
    expect(pieces).toHaveLength(ids.length)
    expect(pieces.join('')).toBe('\uFFFD'.repeat(ids.length))
  })

  it('of bytes are settled: no later token changes the text up to one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        const ids = [...bytes.encode(text)]
        const pieces = bytes.pieces(ids)
        let before = ''
        for (const piece of pieces) {
          before += piece
          expect(text.startsWith(before)).toBe(true)
        }
      }),
      { numRuns: 300, seed: 1 },
    )
  })
})

describe('regular expressions of a tokenizer.json that need exponential time', () => {
  const pattern = { Regex: '(a+)+$' }
  const hostile = `${'a'.repeat(40)}b`
  const message = /tokenizer\.json needs over \d+ ms for \d+ characters or tokens, .* "\(a\+\)\+\$": use the tokenizer/
  const loaded = (parts: object) => loadTokenizer(folderWith({ 'tokenizer.json': { ...byteLevel, ...parts } }))

  it('are interrupted where they cut a text', () => {
    const cut = { type: 'Split', pattern, behavior: 'Isolated', invert: false }
    const tokenizer = loaded({ pre_tokenizer: { type: 'Sequence', pretokenizers: [cut, byteLevel.pre_tokenizer] } })
    expect(tokenizer.decode(tokenizer.encode('hello'))).toBe('hello')
    expect(failure(() => tokenizer.encode(hostile)).message).toMatch(message)
  })

  it('are interrupted where they change a text', () => {
    const tokenizer = loaded({ normalizer: { type: 'Replace', pattern, content: '' } })
    expect(failure(() => tokenizer.encode(hostile)).message).toMatch(message)
  })

  it('are interrupted where they change what tokens become', () => {
    const decoders = [byteLevel.decoder, { type: 'Replace', pattern, content: '' }]
    const tokenizer = loaded({ decoder: { type: 'Sequence', decoders: [{ type: 'Fuse' }, ...decoders.slice(1)] } })
    const ids = tokenizer.encode(hostile)
    expect(failure(() => tokenizer.decode(ids)).message).toMatch(message)
  })
})

describe('the tokens that begin and end', () => {
  it('are those of the tokenizer, then those of the other files', () => {
    const folder = folderWith({
      ...byteLevelFiles,
      'generation_config.json': { bos_token_id: 5, eos_token_id: [7, 2] },
      'config.json': { eos_token_id: 8 },
    })
    const tokenizer = loadTokenizer(folder)
    expect(tokenizer.bosTokenId).toBe(1)
    expect(tokenizer.eosTokenIds).toEqual([2, 7, 8])
  })

  it('are found in the other files alone', () => {
    const files = {
      'generation_config.json': { bos_token_id: 5, eos_token_id: -1 },
      'config.json': { eos_token_id: 8 },
    }
    const tokenizer = loadTokenizer(folderWith({ 'tokenizer.json': byteLevel, ...files }))
    expect([tokenizer.bosTokenId, tokenizer.eosTokenIds]).toEqual([5, [8]])
  })

  it('are found in special_tokens_map.json, where older models have them', () => {
    const map = { bos_token: { content: '<bos>' }, eos_token: '<eos>' }
    const tokenizer = loadTokenizer(folderWith({ 'tokenizer.json': byteLevel, 'special_tokens_map.json': map }))
    expect([tokenizer.bosTokenId, tokenizer.eosTokenIds]).toEqual([1, [2]])
  })

  it('may be none', () => {
    const tokenizer = loadTokenizer(folderWith({ 'tokenizer.json': byteLevel }))
    expect([tokenizer.bosTokenId, tokenizer.eosTokenIds]).toEqual([null, []])
  })

  it.each([['2'], [1.5], [[2, null]], [{}], [264], [[2, 1e9]], [-2]])('given as %j are refused', (eos) => {
    const folder = folderWith({ ...byteLevelFiles, 'generation_config.json': { eos_token_id: eos } })
    expect(failure(() => loadTokenizer(folder)).message).toMatch(
      /generation_config\.json: "eos_token_id" is .*, expected ids of tokens from 0 to 263: correct it, or download/,
    )
  })

  it('may be rows of a larger embedding, but not beyond its last', () => {
    const withIds = (bos: number) =>
      loadTokenizer(
        folderWith({
          'tokenizer.json': byteLevel,
          'config.json': { vocab_size: 300, bos_token_id: bos, eos_token_id: 299 },
        }),
      )
    expect([withIds(264).bosTokenId, withIds(264).eosTokenIds]).toEqual([264, [299]])
    expect(failure(() => withIds(300)).message).toMatch(/config\.json: "bos_token_id" is 300, .* from 0 to 299/)
  })
})

describe('a tokenizer and an embedding', () => {
  it('fit when each token has a row', () => {
    expect(bytes.vocabSize).toBe(264)
    expect(() => checkTokenizerFits(bytes, 264, 'm')).not.toThrow()
    expect(() => checkTokenizerFits(bytes, 320, 'm')).not.toThrow()
  })

  it('do not fit when the last token has none, and the message names it', () => {
    expect(failure(() => checkTokenizerFits(bytes, 263, 'm'))).toMatchObject({
      code: 'model',
      message: expect.stringMatching(/of m has the token "©Ã" with id 263, but the model's embedding has 263 rows/),
    })
  })

  it('count added tokens that stand outside the vocabulary', () => {
    const added = [...byteLevel.added_tokens, { ...byteLevel.added_tokens[0]!, id: 300, content: '<tool>' }]
    const tokenizer = loadTokenizer(folderWith({ 'tokenizer.json': { ...byteLevel, added_tokens: added } }))
    expect(tokenizer.vocabSize).toBe(301)
    expect(failure(() => checkTokenizerFits(tokenizer, 264, 'm')).message).toContain('"<tool>" with id 300')
  })
})

describe('a tokenizer that cannot be used', () => {
  const withVocabulary = (vocab: unknown) => ({ ...byteLevel, model: { ...byteLevel.model, vocab, merges: [] } })

  const withUnigram = (vocab: unknown, unknown?: unknown) => ({
    ...byteLevel,
    model: { type: 'Unigram', vocab, unk_id: unknown },
  })

  it.each<[string, unknown, RegExp]>([
    ['is not JSON', '{"model":', /tokenizer\.json is not a JSON object/],
    ['is a list', [], /tokenizer\.json is not a JSON object/],
    ['is empty', {}, /tokenizer\.json has no vocabulary/],
    ['has no vocabulary', withVocabulary(undefined), /has no vocabulary/],
    ['has a vocabulary of another kind', withVocabulary('abc'), /has no vocabulary/],
    ['has an id that is text', withVocabulary({ a: '0' }), /gives the token "a" the id "0"/],
    ['has a negative id', withVocabulary({ a: -1 }), /gives the token "a" the id -1/],
    ['has a broken id', withVocabulary({ a: 0.5 }), /gives the token "a" the id 0.5/],
    ['has an id beyond all models', withVocabulary({ a: 4e9 }), /gives the token "a" the id 4000000000/],
    ['gives an id twice', withVocabulary({ a: 0, b: 0 }), /gives the tokens "a" and "b" the same id 0/],
    ['has no added tokens', { ...byteLevel, added_tokens: undefined }, /has no list "added_tokens"/],
    ['has an added token without text', { ...byteLevel, added_tokens: [{ id: 1 }] }, /has \{"id":1\} among/],
    ['has an added token without id', { ...byteLevel, added_tokens: [{ content: 'x' }] }, /gives the token "x" the id/],
    ['lists what is no token', withUnigram([['a', 0], 7]), /has 7 in its vocabulary/],
    ['has an unknown token beyond its last', withUnigram([['a', 0]], 1), /has "unk_id" 1, but its 1 tokens end at 0/],
    ['has an unknown token that is text', withUnigram([['a', 0]], '0'), /has "unk_id" "0"/],
    ['has an unknown decoder', { ...byteLevel, decoder: { type: 'Magic' } }, /could not be used: .*Magic/],
    ['has an unknown model', { ...byteLevel, model: { type: 'Magic', vocab: {} } }, /has a model of the kind "Magic"/],
    ['lacks a part', { ...byteLevel, normalizer: undefined, decoder: undefined }, /could not be used|normalizer/],
  ])('because it %s, with the reason', (_, content, message) => {
    const error = failure(() => loadTokenizer(folderWith({ 'tokenizer.json': content })))
    expect(error.code).toBe('model')
    expect(error.message).toMatch(message)
  })

  it('because it is missing, with the reason', () => {
    expect(failure(() => loadTokenizer(folderWith({}))).message).toMatch(/tokenizer\.json could not be read \(ENOENT\)/)
  })

  it('because of its configuration, with the reason', () => {
    const folder = folderWith({ 'tokenizer.json': byteLevel, 'tokenizer_config.json': '{' })
    expect(failure(() => loadTokenizer(folder)).message).toMatch(/tokenizer_config\.json is not a JSON object/)
  })

  it.each([
    ['bytes', byteLevel],
    ['words', wordLevel],
  ])('of %s with any byte changed is refused, or works on', (_, json) => {
    const whole = Buffer.from(JSON.stringify(json))
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (position, change) => {
        const damaged = Buffer.from(whole)
        damaged[position]! ^= change
        const folder = folderWith({ 'tokenizer.json': damaged.toString('latin1') })
        try {
          const tokenizer = loadTokenizer(folder)
          const ids = tokenizer.encode('hello €')
          expect(tokenizer.pieces(ids).join('')).toBe(tokenizer.decode(ids))
        } catch (error) {
          if (!(error instanceof GpoError)) throw error
        }
      }),
      { numRuns: 300, seed: 1 },
    )
  })
})

describe('the bundled model', () => {
  const folder = join(import.meta.dirname, '../../../../resources/models/tiny')

  it('has a tokenizer that fits what its files say', () => {
    const tokenizer = loadTokenizer(folder)
    const generation = JSON.parse(readFileSync(join(folder, 'generation_config.json'), 'utf8'))
    expect(tokenizer.bosTokenId).toBe(generation.bos_token_id)
    expect(tokenizer.eosTokenIds).toEqual([generation.eos_token_id])
    expect(tokenizer.hasChatTemplate).toBe(false)
  })
})
