/** The verifiers: they compare a completion with a reference answer and give a reward. Each kind has its own file. */
import type { VerifierConfig } from '@shared/schemas/verifier'
import { choiceKind } from './choice'
import { countdownKind } from './countdown'
import { exactKind } from './exact'
import { type Verifier, verifierOf } from './kind'
import { latexKind } from './latex'
import { limited } from './limited'
import { numberKind } from './number'
import { regexKind } from './regex'
import { stepsKind } from './steps'

/** @throws GpoError('plan') for a regular expression that is invalid */
export function createVerifier(config: VerifierConfig): Verifier {
  switch (config.kind) {
    case 'number':
      return verifierOf(limited(numberKind(config)))
    case 'exact':
      return verifierOf(limited(exactKind(config)))
    case 'choice':
      return verifierOf(limited(choiceKind(config)))
    case 'regex':
      return verifierOf(regexKind(config)) // has its own limit
    case 'latex':
      return verifierOf(limited(latexKind(config)))
    case 'steps':
      return verifierOf(limited(stepsKind()))
    case 'countdown':
      return verifierOf(limited(countdownKind()))
  }
}

/** Null if the verifier can read this reference answer, else one sentence that says why not. For the report on a dataset. */
export const checkReference = (config: VerifierConfig, reference: string): string | null =>
  createVerifier(config).checkReference(reference)

export type { Verifier } from './kind'
