/** The parts of a model that are opened before its weights. */
import type { Backend } from '@engine/tensor/backend'
import type { ModelConfig } from '@main/formats/model-config'
import type { Tokenizer } from '@main/text/tokenizer/tokenizer'

export interface OpenModel {
  readonly backend: Backend
  readonly config: ModelConfig
  readonly tokenizer: Tokenizer
  readonly stopTokens: readonly number[]
}
