/** Completions in their place after the prompt. Ids of the small SentencePiece-like tokenizer are written out. */
import { encodeAnswer, encodePrompt } from '@main/text/tokenizer/prompt'
import { loadTokenizer } from '@main/text/tokenizer/tokenizer'
import { describe, expect, it } from 'vitest'
import { byteLevelFiles, folderWith, wordLevel, wordLevelFiles } from './fixtures'

const words = loadTokenizer(folderWith(wordLevelFiles))
const bytes = loadTokenizer(folderWith(byteLevelFiles))
const plain = { template: '{prompt}', chatTemplate: false }
const row = (prompt: string) => ({ row: 0, prompt })
const id = (token: string) => wordLevel.model.vocab[token]

describe('a completion after its prompt', () => {
  it.each([
    ['hello', ' world', ['▁world']],
    ['hello ', 'world', ['w', 'or', 'ld']],
    ['hello', 'world', ['w', 'or', 'ld']],
    ['hello', '', []],
    ['', 'hello', ['▁hello']],
    ['hello\n', 'hello', ['h', 'el', 'lo']],
  ])('%j and %j has no space that nobody wrote', (prompt, completion, tokens) => {
    expect([...encodeAnswer(plain, words, row(prompt), completion)]).toEqual(tokens.map(id))
  })

  it.each([
    ['he', 'llo', 'llo'],
    ['say ', 'hell', 'hell'],
    ['', 'hello', 'hello'],
  ])('of bytes, %j and %j, is its own text', (prompt, completion, text) => {
    expect(bytes.decode(encodeAnswer(plain, bytes, row(prompt), completion))).toBe(text)
  })

  it('in a chat template begins behind it, with no token for the beginning', () => {
    const chat = { chat_template: "{{ messages[0].content + '\n' }}" }
    const config = { ...wordLevelFiles['tokenizer_config.json'], ...chat }
    const tokenizer = loadTokenizer(folderWith({ ...wordLevelFiles, 'tokenizer_config.json': config }))
    const format = { ...plain, chatTemplate: true }
    const prompt = encodePrompt(format, tokenizer, row('hello'))
    const completion = encodeAnswer(format, tokenizer, row('hello'), 'world')
    expect([...prompt, ...completion]).toEqual(['▁hello', '<0x0A>', 'w', 'or', 'ld'].map(id))
  })
})
