/** What is said about a model's tokenizer. */
import { checkTokenizerFits } from '@main/text/tokenizer/tokenizer'
import { openTokenizer } from '../tokenizers'

export interface TokenizerFacts {
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

/** @throws {GpoError} 'model' for one that cannot be used, or has tokens without a row in the embedding */
export function tokenizerFacts(folder: string, embedding: Embedding | null): TokenizerFacts {
  const tokenizer = openTokenizer(folder)
  if (embedding) checkTokenizerFits(tokenizer, embedding.rows, folder)
  const stops = [...new Set([...tokenizer.eosTokenIds, ...(embedding?.stopIds ?? [])])]
  const { vocabSize, hasChatTemplate, chatTemplates } = tokenizer
  return {
    vocabSize,
    hasChatTemplate,
    chatTemplates,
    stops: stops.map((id) => tokenizer.tokenOf(id) ?? `token ${id}`),
  }
}
