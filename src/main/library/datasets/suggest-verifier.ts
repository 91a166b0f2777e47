/** Suggests a verifier for a dataset from its layout and reference answers. It does not judge. */
import type { DatasetLayout, Example } from '@shared/schemas/dataset'
import { type VerifierConfig, verifierSchema } from '@shared/schemas/verifier'

const NUMBER = /^[-+]?[$€£]?\d[\d,]*(\.\d+)?(\s*\/\s*\d+)?\s*%?$/
const LETTER = /^\(?([A-Z])\)?$/
/** `25,7,3=54` */
const PUZZLE = /^\d+(,\s*\d+)+\s*=\s*\d+$/
const SAMPLE = 1000

/** A verifier's configuration, its other fields at their defaults. */
export function suggestVerifier(layout: DatasetLayout, examples: readonly Example[]): VerifierConfig {
  const references = examples.slice(0, SAMPLE).map((example) => example.reference.trim())
  // The few of GSM8K's kind whose answer is no number are found when the references are checked.
  if (layout === 'gsm8k' && 10 * references.filter((text) => NUMBER.test(text)).length >= 9 * references.length) {
    return verifierSchema.parse({ kind: 'number' })
  }
  if (layout === 'math') return verifierSchema.parse({ kind: 'latex' })
  if (layout === 'mmlu') return choiceVerifier(references)
  return verifierOfReferences(references.filter((reference) => reference !== ''))
}

function verifierOfReferences(references: readonly string[]): VerifierConfig {
  const some = references.length > 0
  if (some && references.every((text) => NUMBER.test(text))) return verifierSchema.parse({ kind: 'number' })
  if (some && references.every((text) => LETTER.test(text))) return choiceVerifier(references)
  if (some && references.every((text) => PUZZLE.test(text))) return verifierSchema.parse({ kind: 'countdown' })
  if (references.some((text) => /\\[a-z]+|\$|\^/.test(text))) return verifierSchema.parse({ kind: 'latex' })
  return verifierSchema.parse({ kind: 'exact' })
}

/** Letters from A to the last one that is an answer; at least A to D, the schema's own default. */
function choiceVerifier(references: readonly string[]): VerifierConfig {
  const codes = references.map((text) => (LETTER.exec(text)?.[1] ?? 'D').charCodeAt(0))
  const last = codes.reduce((a, b) => Math.max(a, b), 'D'.charCodeAt(0))
  const choices = Array.from({ length: last - 64 }, (_, i) => String.fromCharCode(65 + i)).join('')
  return verifierSchema.parse({ kind: 'choice', choices })
}
