/** What is refused before a tokenizer becomes keys of a GGUF file. */
import { tokenizerMetadata } from '@main/export/gguf/tokenizer-metadata'
import { expect, it } from 'vitest'
import { tinyConfig } from '../../support/tiny-model'
import { byteLevel, byteLevelFiles, folderWith } from '../text/tokenizer/fixtures'

const write = (files: Readonly<Record<string, unknown>>, vocabSize: number) => () =>
  tokenizerMetadata(folderWith(files), { ...tinyConfig, vocabSize })

it('a token without a row in the embedding', () => {
  expect(write(byteLevelFiles, 264)).not.toThrow()
  expect(write(byteLevelFiles, 263)).toThrow(
    /tokenizer\.json has a token with the id 263, but the model's embedding has 263 rows: use the tokenizer/,
  )
})

it('an id that is none', () => {
  const json = { ...byteLevel, model: { ...byteLevel.model, vocab: { a: 4e9 }, merges: [] } }
  expect(write({ 'tokenizer.json': json }, 264)).toThrow(/gives the token "a" the id 4000000000; download/)
})
