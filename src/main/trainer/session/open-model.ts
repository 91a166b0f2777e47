/** What is open of a model before its weights are loaded. */
import type { Backend } from '@engine/tensor/backend'
import type { ModelConfig } from '@main/formats/model-config'
import type { Tokenizer } from '@main/text/tokenizer/tokenizer'

export interface OpenModel {
  readonly backend: Backend
  readonly config: ModelConfig
  readonly tokenizer: Tokenizer
  readonly stopTokens: readonly number[]
}
