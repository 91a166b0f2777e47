/** Rows of data as token ids, checked against the model's length. */
import type { Task } from '@engine/gpo/trajectory'
import type { TokenSequence } from '@engine/policy/batch'
import type { ModelConfig } from '@main/formats/model-config'
import { encodePrompt, type PromptFormat } from '@main/text/tokenizer/prompt'
import type { Tokenizer } from '@main/text/tokenizer/tokenizer'
import { GpoError } from '@shared/errors'
import type { Example } from '@shared/schemas/dataset'

/** How a row becomes a prompt, and how many tokens may follow it. */
export interface Asking {
  readonly format: PromptFormat
  readonly maxNewTokens: number
}

function checkLength({ maxNewTokens }: Asking, config: ModelConfig, row: number, length: number, added: number): void {
  if (length + added <= config.maxPositions) return
  throw new GpoError(
    'data',
    `row ${row} needs ${length} prompt tokens and ${added} more, the model has ${config.maxPositions} positions: lower rollout.maxNewTokens (${maxNewTokens}) or remove the row`,
  )
}

/** @throws GpoError('data') for a row that is too long */
export function tasksOf(
  asking: Asking,
  config: ModelConfig,
  tokenizer: Tokenizer,
  examples: readonly Example[],
): Task[] {
  return examples.map((example) => {
    const prompt = encodePrompt(asking.format, tokenizer, example)
    checkLength(asking, config, example.row, prompt.length, asking.maxNewTokens)
    return { row: example.row, prompt, reference: example.reference }
  })
}

/**
 * Prompt, completion and the stop token, for SFT.
 * @throws GpoError('data') for a row that is too long or has no completion
 */
export function demonstrationsOf(
  asking: Asking,
  config: ModelConfig,
  tokenizer: Tokenizer,
  stop: number,
  examples: readonly Example[],
): TokenSequence[] {
  return examples.map((example) => {
    if (example.completion === undefined)
      throw new GpoError('data', `row ${example.row} has no completion to imitate: SFT needs a column "completion"`)
    const prompt = encodePrompt(asking.format, tokenizer, example)
    const completion = tokenizer.encode(example.completion, { addSpecialTokens: false })
    checkLength(asking, config, example.row, prompt.length, completion.length + 1)
    return { ids: Int32Array.from([...prompt, ...completion, stop]), start: prompt.length }
  })
}
