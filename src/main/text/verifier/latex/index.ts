/**
 * The verifier of mathematical answers. `find.ts` says which part of a completion is one, `compare.ts` when two answers are equal; `timeoutMs`
 * holds for one comparison of answers, however many elements they have.
 */
import type { VerifierConfig } from '@shared/schemas/verifier'
import type { Kind } from '../kind'
import { compareAnswers } from './compare'
import { findLatex, MAX_ANSWER, readLatex } from './find'

export function latexKind({ timeoutMs }: Extract<VerifierConfig, { kind: 'latex' }>): Kind<string> {
  return {
    find: findLatex,
    read: readLatex,
    compare: (answer, reference) => compareAnswers(answer, reference, performance.now() + timeoutMs),
    expects: `a formula, a number or words, ${MAX_ANSWER} characters at most`,
  }
}
