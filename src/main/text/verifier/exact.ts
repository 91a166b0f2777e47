/** The exact-text verifier: the line after the last marker, or the last line that is not blank. Runs of white space count as one space. */
import type { VerifierConfig } from '@shared/schemas/verifier'
import type { Found, Kind } from './kind'
import { afterMarker } from './markers'

type ExactConfig = Extract<VerifierConfig, { kind: 'exact' }>

const collapse = (text: string): string => text.trim().replace(/\s+/g, ' ')

/** Without the white space at its end, the last line begins after the last newline. */
function lastLine(text: string): string {
  const trimmed = text.trimEnd()
  return trimmed.slice(trimmed.lastIndexOf('\n') + 1)
}

export function exactKind({ marker, ignoreCase }: ExactConfig): Kind<string> {
  const normalise = (text: string) => (ignoreCase ? collapse(text).toLowerCase() : collapse(text))
  const found = (text: string, isComplete: boolean): Found<string> | null =>
    text.trim() ? { text: text.trim(), answer: normalise(text), isComplete } : null
  return {
    find(completion) {
      const marked = afterMarker(completion, marker)
      return marked ? found(marked.text, marked.isComplete) : found(lastLine(completion), false)
    },
    read: (reference) => normalise(afterMarker(reference, marker)?.text ?? reference) || null,
    compare: (answer, reference) => (answer === reference ? 'equal' : 'different'),
    expects: 'a text that is not empty',
  }
}
