/** Inputs modelled on public bug reports of tools like this one, with the right verdicts. */
import { createVerifier } from '@main/text/verifier'
import { verifierSchema } from '@shared/schemas/verifier'
import { describe, expect, it } from 'vitest'
import groups from './fixtures/reported.json' with { type: 'json' }

describe.each(groups)('$kind: $title', ({ kind, rows }) => {
  const verifier = createVerifier(verifierSchema.parse({ kind }))

  it.each(rows)('$completion for $reference: $isCorrect', ({ completion, reference, isCorrect }) => {
    expect(verifier.checkReference(reference)).toBeNull()
    expect(verifier.verify(completion, reference, false).status === 'correct').toBe(isCorrect)
  })
})
