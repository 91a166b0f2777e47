/** Tokenizers from GGUF metadata: small ones that can be checked by hand, round trips through the export, and what is refused. */
import { encodeHeader } from '@main/export/gguf/format'
import { tokenizerMetadata } from '@main/export/gguf/tokenizer-metadata'
import type { GgufMetadata, GgufValue } from '@main/formats/gguf/metadata'
import { tokenizerOfGguf } from '@main/text/tokenizer/gguf/tokenizer-of-gguf'
import { loadTokenizer } from '@main/text/tokenizer/tokenizer'
import { describe, expect, it } from 'vitest'
import { tinyConfig } from '../../../../support/tiny-model'
import { byteLevelFiles, folderWith, wordLevelFiles } from '../fixtures'

type Entries = Readonly<Record<string, GgufValue | undefined>>

const metadataOf = (entries: Entries): GgufMetadata =>
  new Map(Object.entries(entries).filter((entry): entry is [string, GgufValue] => entry[1] !== undefined))

/** 256 byte tokens behind `<unk>`, `<s>`, `</s>`, then pieces with their scores. */
function sentencePiece(pieces: Readonly<Record<string, number>>, more: Entries = {}): GgufMetadata {
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`)
  const tokens = ['<unk>', '<s>', '</s>', ...bytes, ...Object.keys(pieces)]
  return metadataOf({
    'tokenizer.ggml.model': 'llama',
    'tokenizer.ggml.tokens': tokens,
    'tokenizer.ggml.scores': Float32Array.from(tokens, (token) => pieces[token] ?? 0),
    'tokenizer.ggml.token_type': Int32Array.from(tokens, (_, id) => (id === 0 ? 2 : id < 3 ? 3 : id < 259 ? 6 : 1)),
    ...more,
  })
}

/** Tokens of one letter each, then what merges make of them, then `<|end|>`. */
function byteLevel(more: Entries = {}): GgufMetadata {
  const tokens = ['a', 'b', 'c', 'ab', 'abc', 'Ġ', '1', '2', '12', '<|im_end|>']
  return metadataOf({
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.pre': 'gpt-2',
    'tokenizer.ggml.tokens': tokens,
    'tokenizer.ggml.token_type': Int32Array.from(tokens, (_, id) => (id === 9 ? 3 : 1)),
    'tokenizer.ggml.merges': ['a b', 'ab c', '1 2'],
    'tokenizer.ggml.eos_token_id': 9,
    ...more,
  })
}

function opened(metadata: GgufMetadata) {
  const { tokenizer, config, generation } = tokenizerOfGguf('m.gguf', metadata)
  const files = { 'tokenizer.json': tokenizer, 'tokenizer_config.json': config, 'generation_config.json': generation }
  return loadTokenizer(folderWith(files))
}

const alone = { addSpecialTokens: false }

describe('SentencePiece', () => {
  const pieces = { '▁': -9, a: -9, b: -9, c: -9, '▁a': -3, ab: -1, bc: -2, abc: -4 }

  it('joins the neighbours with the highest score first', () => {
    const own = opened(sentencePiece(pieces))
    const tokens = (text: string) => [...own.encode(text, alone)].map((id) => own.tokenOf(id))
    expect(tokens('abc')).toEqual(['▁', 'abc']) // ab before ▁a
    expect(tokens('ac')).toEqual(['▁a', 'c'])
    expect(tokens('aé</s>a')).toEqual(['▁a', '<0xC3>', '<0xA9>', '</s>', '▁a'])
    expect(own.decode(own.encode(' aé  b', alone))).toBe(' aé  b')
  })

  it('begins texts with a blank and with <s> unless the file says otherwise', () => {
    expect([...opened(sentencePiece(pieces)).encode('b')]).toEqual([1, 259, 261])
    const plain = { 'tokenizer.ggml.add_space_prefix': false, 'tokenizer.ggml.add_bos_token': false }
    expect([...opened(sentencePiece(pieces, plain)).encode('b')]).toEqual([261])
    const both = { 'tokenizer.ggml.add_space_prefix': false, 'tokenizer.ggml.add_eos_token': true }
    expect([...opened(sentencePiece(pieces, both)).encode('b')]).toEqual([1, 261, 2])
  })

  it('has a byte where its character is a token', () => {
    const tab = sentencePiece({ ...pieces, '\t': -5 })
    const tokens = (tab.get('tokenizer.ggml.tokens') as string[]).map((token) => (token === '<0x09>' ? '<0x9>' : token))
    const own = opened(new Map([...tab, ['tokenizer.ggml.tokens', tokens]]))
    expect(own.decode(own.encode('a\tb', alone))).toBe('a\tb')
  })

  it('is refused without scores, without bytes, and with a score that is no number', () => {
    const refused = (more: Entries) => () => tokenizerOfGguf('m.gguf', sentencePiece(pieces, more))
    expect(refused({ 'tokenizer.ggml.scores': undefined })).toThrow('m.gguf has no tokenizer.ggml.scores')
    expect(refused({ 'tokenizer.ggml.scores': new Float32Array(3) })).toThrow(
      'm.gguf has 267 tokens, but 3 values in tokenizer.ggml.scores',
    )
    expect(refused({ 'tokenizer.ggml.scores': new Float32Array(267).fill(Number.NaN) })).toThrow('(token 0)')
    const few = { 'tokenizer.ggml.tokens': ['<unk>', '<s>', '</s>', 'a'], 'tokenizer.ggml.token_type': undefined }
    expect(refused(few)).toThrow('no token for 255 of the 256 bytes, the first of them <0x00>')
  })
})

describe('byte-level BPE', () => {
  it('merges in the order of the list, inside the words of its rule', () => {
    const own = opened(byteLevel())
    expect([...own.encode('abc 12<|im_end|>b', alone)]).toEqual([4, 5, 8, 9, 1])
    expect(own.eosTokenIds).toEqual([9])
    expect([...opened(byteLevel({ 'tokenizer.ggml.pre': 'smollm' })).encode('abc 12', alone)]).toEqual([4, 5, 6, 7])
  })

  it('cuts by the default rule where the file names none, and refuses a rule it does not know', () => {
    expect(tokenizerOfGguf('m.gguf', byteLevel({ 'tokenizer.ggml.pre': undefined })).tokenizer).toEqual(
      tokenizerOfGguf('m.gguf', byteLevel({ 'tokenizer.ggml.pre': 'default' })).tokenizer,
    )
    expect(() => tokenizerOfGguf('m.gguf', byteLevel({ 'tokenizer.ggml.pre': 'kimi-k2' }))).toThrow(
      'm.gguf cuts text into words by the rule kimi-k2 (tokenizer.ggml.pre), which is not known here',
    )
  })

  it('finds tokens of turns by their text, whatever kind the file says they are', () => {
    const plain = opened(byteLevel({ 'tokenizer.ggml.token_type': undefined }))
    expect([...plain.encode('a<|im_end|>', alone)]).toEqual([0, 9])
  })

  it.each<[string, Entries, string]>([
    ['no merges', { 'tokenizer.ggml.merges': undefined }, 'has no tokenizer.ggml.merges'],
    ['merges of unknown tokens', { 'tokenizer.ggml.merges': ['a b', 'a c', 'x y'] }, 'has 2 merges of tokens it does not have, the first of a and c'], // biome-ignore format: one case a line
    ['a merge without a blank', { 'tokenizer.ggml.merges': ['ab'] }, 'has ab among its merges'],
    ['an id without a token', { 'tokenizer.ggml.eos_token_id': 10 }, 'has tokenizer.ggml.eos_token_id 10, but its 10 tokens end at 9'], // biome-ignore format: one case a line
    ['a beginning without a token', { 'tokenizer.ggml.add_bos_token': true }, 'has no tokenizer.ggml.bos_token_id'],
    ['a token twice', { 'tokenizer.ggml.tokens': ['a', 'b', 'a'], 'tokenizer.ggml.token_type': undefined }, 'gives the token a the ids 0 and 2'], // biome-ignore format: one case a line
    ['too few kinds', { 'tokenizer.ggml.token_type': new Int32Array(2) }, 'has 10 tokens, but 2 values in tokenizer.ggml.token_type'], // biome-ignore format: one case a line
    ['a kind that is none', { 'tokenizer.ggml.token_type': new Int32Array(10).fill(7) }, 'token 0 is of the kind 7'],
    ['no tokens', { 'tokenizer.ggml.tokens': undefined }, 'has no tokenizer.ggml.tokens'],
    ['an empty list of tokens', { 'tokenizer.ggml.tokens': [] }, 'has 0 tokens, expected 1 to 1,048,576'],
    ['tokens that are numbers', { 'tokenizer.ggml.tokens': new Int32Array(2) }, 'has a list of numbers as tokenizer.ggml.tokens, expected a list of texts'], // biome-ignore format: one case a line
    ['a very long token', { 'tokenizer.ggml.tokens': ['a'.repeat(5000)] }, 'has a token of 5,000 characters (id 0)'],
    ['no model', { 'tokenizer.ggml.model': undefined }, 'has no tokenizer.ggml.model'],
    ['another model', { 'tokenizer.ggml.model': 'rwkv' }, 'has a tokenizer of the kind rwkv (tokenizer.ggml.model); gpt2'], // biome-ignore format: one case a line
    ['a template it lists only', { 'tokenizer.chat_templates': ['rag'] }, 'lists the chat template rag'],
  ])('%s: refused by name', (_, more, message) => {
    expect(() => tokenizerOfGguf('m.gguf', byteLevel(more))).toThrow(message)
  })
})

describe('what the exporter wrote', () => {
  const config = { ...tinyConfig, vocabSize: 264 }
  const texts = ['hello', ' hello  €é\n12', '<bos>hell<eos>', '', 'Zoë: 1 + 1 = 2?']

  it.each([
    ['bytes', byteLevelFiles],
    ['words', wordLevelFiles],
  ])('%s: comes back with the same ids, templates and special tokens', (_, files) => {
    const folder = folderWith(files)
    const before = loadTokenizer(folder)
    const entries = tokenizerMetadata(folder, { ...config, vocabSize: before.vocabSize })
    expect(encodeHeader(new Map(entries), []).length).toBeGreaterThan(0)
    const metadata = new Map(
      entries.map(([key, { type, value }]): [string, GgufValue] => [
        key,
        type === 'int32s' ? Int32Array.from(value) : type === 'float32s' ? Float32Array.from(value) : value,
      ]),
    )
    const after = opened(metadata)
    for (const text of texts) {
      expect([...after.encode(text)], text).toEqual([...before.encode(text)])
      expect(after.decode(after.encode(text)), text).toBe(before.decode(before.encode(text)))
    }
    expect(after.bosTokenId).toBe(before.bosTokenId)
    expect(after.eosTokenIds[0]).toBe(before.eosTokenIds[0])
    expect(after.chatTemplates).toEqual(before.chatTemplates)
  })

  it('and what was read can be exported again, by the same rule', () => {
    const { tokenizer, config: settings } = tokenizerOfGguf(
      'm.gguf',
      byteLevel({ 'tokenizer.ggml.pre': 'deepseek-v3' }),
    )
    const folder = folderWith({ 'tokenizer.json': tokenizer, 'tokenizer_config.json': settings })
    const again = new Map(tokenizerMetadata(folder, { ...tinyConfig, vocabSize: 10 }))
    expect(again.get('tokenizer.ggml.pre')?.value).toBe('deepseek-v3')
    expect(again.get('tokenizer.ggml.merges')?.value).toEqual(['a b', 'ab c', '1 2'])
  })
})

it('chat templates have their names', () => {
  const named = { 'tokenizer.chat_template': 'one', 'tokenizer.chat_template.rag': 'two', 'tokenizer.chat_templates': ['rag'] } // biome-ignore format: one line
  expect(opened(byteLevel(named)).chatTemplates).toEqual(['default', 'rag'])
  expect(opened(byteLevel({ 'tokenizer.chat_template': 'one' })).hasChatTemplate).toBe(true)
  expect(opened(byteLevel()).chatTemplates).toEqual([])
})
