/** The prompts, sampler and verifier for rollouts of an open model. */
import type { Policy } from '@engine/policy/policy'
import type { RolloutSource } from '@engine/recipes/run'
import { createSampler } from '@engine/rollout/sampler'
import { promptText } from '@main/text/tokenizer/prompt'
import { createVerifier } from '@main/text/verifier/index'
import type { VerifierConfig } from '@shared/schemas/verifier'
import type { OpenModel } from './open-model'

/** @param plan a run's plan, or settings for a model that is not trained */
export function rolloutSource<Settings extends RolloutSource['plan']>(
  { backend, config, tokenizer, stopTokens }: OpenModel,
  policy: Policy,
  plan: Settings,
  verifierConfig: VerifierConfig,
  onProgress: RolloutSource['onProgress'] = () => {},
): RolloutSource & { readonly plan: Settings } {
  const verifier = createVerifier(verifierConfig)
  return {
    plan,
    policy,
    sampler: createSampler(backend, config),
    text: {
      decode: (ids) => tokenizer.decode(ids, { skipSpecialTokens: true }),
      prompt: (ids) => promptText(tokenizer, ids),
      pieces: (ids) => tokenizer.pieces(ids),
    },
    stopTokens,
    verify: (completion, reference, isTruncated) => verifier.verify(completion, reference, isTruncated),
    settled: verifier.settled,
    onProgress,
  }
}
