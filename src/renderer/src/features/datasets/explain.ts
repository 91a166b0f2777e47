/** Why a verdict is what it is, in a sentence. */
import type { VerdictStatus } from '@shared/schemas/verifier'

interface Judged {
  readonly status: VerdictStatus
  readonly extracted: string | null
  readonly reference: string
  /** Why the reference cannot be read. */
  readonly problem: string | null
}

const quoted = (text: string) => `“${text.length > 80 ? `${text.slice(0, 80)}…` : text}”`

export function explain({ status, extracted, reference, problem }: Judged): string {
  switch (status) {
    case 'correct':
      return `${quoted(extracted ?? '')} equals the reference.`
    case 'wrong':
      return `${quoted(extracted ?? '')} was found, the reference is ${quoted(reference)}.`
    case 'unparseable':
      return problem === null ? 'No answer was found.' : `${problem[0]?.toUpperCase()}${problem.slice(1)}.`
    case 'truncated':
      return 'It was cut off before its answer was complete.'
    case 'timeout':
      return 'Finding or comparing the answer took longer than the time limit.'
  }
}
