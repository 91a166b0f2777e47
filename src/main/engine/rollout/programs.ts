/** The three programs of sampling: a whole prompt, one token per lane, the distribution after a known state. */
import type { ModelConfig } from '../../formats/model-config'
import { type DecodeInputs, decode, forward, head, type Trunk } from '../model/llama'
import type { Params } from '../model/params'
import type { Backend, Program } from '../tensor/backend'
import { type Scalar, type Tensor, type Tensor2D, tf } from '../tensor/tf'

interface PrefillInput {
  readonly params: Params
  /** int32 [B, T] */
  readonly ids: Tensor2D
}

interface StepInput extends DecodeInputs {
  readonly params: Params
  readonly temperature: Scalar
}

interface FirstInput {
  readonly params: Params
  /** [N, hidden] */
  readonly hidden: Tensor2D
  readonly temperature: Scalar
}

/** Next-token distributions, one per row: [N, V]. */
interface Distributions {
  readonly probs: Tensor
}

export type PrefillProgram = Program<PrefillInput, Trunk>
export type StepProgram = Program<StepInput, Trunk & Distributions>
export type FirstProgram = Program<FirstInput, Distributions>

export interface SamplingPrograms {
  /** hidden [B·T, hidden]; keys and values of every layer [B, kvHeads, T, D] */
  readonly prefill: PrefillProgram
  /** One token of every lane against its cache → probs [B, V], hidden [B, hidden]; the new keys and values [B, kvHeads, D] */
  readonly step: StepProgram
  readonly first: FirstProgram
}

export function samplingPrograms(backend: Backend, config: ModelConfig): SamplingPrograms {
  const distributions = ({ params, hidden, temperature }: FirstInput): Tensor =>
    tf.softmax(tf.div(head(config, params, hidden), temperature))
  return {
    prefill: backend.program('prefill', ({ params, ids }: PrefillInput) => forward(config, params, ids)),
    step: backend.program('decode', ({ params, temperature, ...inputs }: StepInput) => {
      const trunk = decode(config, params, inputs)
      return { ...trunk, probs: distributions({ params, hidden: trunk.hidden, temperature }) }
    }),
    first: backend.program('first-token', (input: FirstInput) => ({ probs: distributions(input) })),
  }
}
