/** What a verifier compares a row's completions with: its answer, or all of its worked solution. */
import type { Example } from '@shared/schemas/dataset'
import type { VerifierConfig } from '@shared/schemas/verifier'

/** The verifier of every line needs the solution that other verifiers only read the last line of; a row without one keeps its answer. */
export const judgedBy = ({ kind }: Pick<VerifierConfig, 'kind'>, example: Example): Example =>
  kind === 'steps' && example.completion !== undefined ? { ...example, reference: example.completion } : example
