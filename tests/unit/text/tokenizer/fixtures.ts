/** Small tokenizers as in files: one of bytes like GPT-2's and Llama 3's, one of words like Llama 2's. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'
import { byteCharacters } from '../../../../scripts/tokenizer/byte-bpe'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A folder with these files; strings are written unchanged, all else as JSON. */
export function folderWith(files: Readonly<Record<string, unknown>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'gpo-tokenizer-'))
  folders.push(folder)
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return folder
}

const special = (id: number, content: string) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
})

const characters = byteCharacters()
const spelled = (...bytes: number[]) => bytes.map((byte) => characters[byte]).join('')

/** `he`, `hell`, the first two bytes of €, and one token of the last byte of é and the first byte of the next é. */
const MERGES = [
  ['h', 'e'],
  ['l', 'l'],
  ['he', 'll'],
  [spelled(0xe2), spelled(0x82)],
  [spelled(0xa9), spelled(0xc3)],
] as const

/** Ids: 0 to 2 special, byte b is 3 + b, then the merges from 259 on. */
export const byteLevel = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: [special(0, '<pad>'), special(1, '<bos>'), special(2, '<eos>')],
  normalizer: null,
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
  post_processor: null,
  decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
  model: {
    type: 'BPE',
    dropout: null,
    unk_token: null,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: false,
    vocab: Object.fromEntries([
      ...['<pad>', '<bos>', '<eos>', ...characters].map((token, id) => [token, id]),
      ...MERGES.map((pair, i) => [pair.join(''), 259 + i]),
    ]) as Record<string, number>,
    merges: MERGES,
  },
}
export const byteLevelFiles = {
  'tokenizer.json': byteLevel,
  'tokenizer_config.json': { bos_token: '<bos>', eos_token: { content: '<eos>' } },
}

const hex = (byte: number) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`
const WORDS = ['▁', ...'helowrd', '▁h', 'el', 'lo', '▁hel', '▁hello', '▁w', 'or', '▁wor', 'ld', '▁world']
const WORD_MERGES = ['▁ h', 'e l', 'l o', '▁h el', '▁hel lo', '▁ w', 'o r', '▁w or', 'l d', '▁wor ld']

/** Ids: 0 unknown, 1 and 2 begin and end, byte b is 3 + b, then the words. The first space of a decoded text is taken away. */
export const wordLevel = {
  ...byteLevel,
  added_tokens: [special(0, '<unk>'), special(1, '<s>'), special(2, '</s>')],
  normalizer: {
    type: 'Sequence',
    normalizers: [
      { type: 'Prepend', prepend: '▁' },
      { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
    ],
  },
  pre_tokenizer: null,
  post_processor: {
    type: 'TemplateProcessing',
    single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
    pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
    special_tokens: { '<s>': { id: '<s>', ids: [1], tokens: ['<s>'] } },
  },
  decoder: {
    type: 'Sequence',
    decoders: [
      { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
      { type: 'ByteFallback' },
      { type: 'Fuse' },
      { type: 'Strip', content: ' ', start: 1, stop: 0 },
    ],
  },
  model: {
    ...byteLevel.model,
    unk_token: '<unk>',
    fuse_unk: true,
    byte_fallback: true,
    vocab: Object.fromEntries(
      ['<unk>', '<s>', '</s>', ...Array.from({ length: 256 }, (_, byte) => hex(byte)), ...WORDS].map((token, id) => [
        token,
        id,
      ]),
    ) as Record<string, number>,
    merges: WORD_MERGES,
  },
}
export const wordLevelFiles = {
  'tokenizer.json': wordLevel,
  'tokenizer_config.json': { bos_token: '<s>', eos_token: '</s>' },
}
