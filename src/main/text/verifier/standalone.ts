/** The entry of `resources/cluster/verifier.js`, which is called from Python; texts and configurations are JSON there. */
import type { Verdict, VerifierConfig } from '@shared/schemas/verifier'
import { createVerifier, type Verifier } from './index'

const made = new Map<string, Verifier>()

/** @param config a verifier as in a plan, as JSON */
export function verdict(config: string, completion: string, reference: string, isTruncated: boolean): Verdict {
  const known = made.get(config) ?? createVerifier(JSON.parse(config) as VerifierConfig) // checked with the plan
  made.set(config, known)
  return known.verify(completion, reference, isTruncated)
}
