/** What is said about a model's tokenizer. */
import { join } from 'node:path'
import { readJsonObject, TOKENIZER } from '@main/formats/config-json'
import { isGgufPath } from '@main/formats/gguf/model'
import { checkTokenizerFits } from '@main/text/tokenizer/tokenizer'
import { openTokenizer } from '../tokenizers'

export interface TokenizerFacts {
  /** "BPE", "Unigram" …, as the file names it. */
  readonly kind: string
  readonly vocabSize: number
  readonly hasChatTemplate: boolean
  readonly chatTemplates: readonly string[]
  /** The tokens that end a completion, as the vocabulary spells them. */
  readonly stops: readonly string[]
}

/** What of it a model's config says. */
export interface Embedding {
  readonly rows: number
  readonly stopIds: readonly number[]
}

function kindOf(folder: string): string {
  if (isGgufPath(folder)) return 'BPE' // whichever of the two kinds it has, it is read as one
  const { model } = readJsonObject(join(folder, 'tokenizer.json'), TOKENIZER)
  const type = typeof model === 'object' && model !== null && 'type' in model ? model.type : undefined
  return typeof type === 'string' ? type.slice(0, 40) : 'kind not given'
}

/** @throws {GpoError} 'model' for one that cannot be used, or has tokens without a row in the embedding */
export function tokenizerFacts(folder: string, embedding: Embedding | null): TokenizerFacts {
  const tokenizer = openTokenizer(folder)
  if (embedding) checkTokenizerFits(tokenizer, embedding.rows, folder)
  const stops = [...new Set([...tokenizer.eosTokenIds, ...(embedding?.stopIds ?? [])])]
  const { vocabSize, hasChatTemplate, chatTemplates } = tokenizer
  return {
    kind: kindOf(folder),
    vocabSize,
    hasChatTemplate,
    chatTemplates,
    stops: stops.map((id) => tokenizer.tokenOf(id) ?? `token ${id}`),
  }
}
