/** The interface of a kind of verifier, and how it leads to a verdict. It does not know any form of answer. */
import type { Verdict, VerdictStatus } from '@shared/schemas/verifier'
import { shown as shownValue } from '@shared/shown'

/** An answer found in a completion. */
export interface Found<Answer> {
  /** As it was written. */
  readonly text: string
  /** Null: it is in the place of an answer, but not of this kind. */
  readonly answer: Answer | null
  /** It was inside a closed marker, so more text could not have changed it. */
  readonly isComplete: boolean
  /** A second reading of the text. */
  readonly note?: string | undefined
}

export type Comparison = 'equal' | 'different' | 'timeout'

export interface Kind<Answer, Reference = Answer> {
  /** The answer of a completion; null if there is none. `reference`: if it has several elements, each box may be one of them. */
  find(completion: string, reference: Reference | null): Found<Answer> | 'timeout' | null
  /** What a reference stands for; null if it cannot be read. */
  read(reference: string): Reference | null
  compare(answer: Answer, reference: Reference): Comparison
  /** Whether no completion that begins so can be right. Without it: only whole completions tell. */
  isLost?(beginning: string, reference: Reference): boolean
  /** Describes a readable reference, for messages. */
  readonly expects: string
  /** A completion that this reference must accept. Without it: the reference after `####`. */
  sample?(reference: string): string
}

export interface Verifier {
  /**
   * Compares a completion with a reference answer. `isTruncated`: the completion reached the token limit. Statuses:
   * - `truncated`: it reached the limit before an explicit, closed answer: a closed `\boxed{}`, a marker's line with its newline;
   * - `unparseable`: it ended by itself and no answer was found (or the reference cannot be read: see `checkReference`);
   * - `timeout`: finding or comparing took longer than its limit;
   * - `correct` (reward 1) and `wrong` (reward 0, as all others).
   */
  verify(completion: string, reference: string, isTruncated: boolean): Verdict
  /** The verdict on every completion that begins so, where none of them can be right; else null. Absent where only whole completions tell. */
  readonly settled?: (beginning: string, reference: string) => Verdict | null
  /** Null if the reference can be read, else one sentence that says why not. */
  checkReference(reference: string): string | null
  /** A completion that must be judged correct, if the reference can be read. */
  sample(reference: string): string
  /** A second reading of an ambiguous answer; null if it is not ambiguous. */
  noteOn(completion: string): string | null
}

const MAX_SHOWN = 200
const shown = (text: string): string => (text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text)

const verdict = (status: VerdictStatus, extracted: string | null): Verdict => ({
  reward: status === 'correct' ? 1 : 0,
  extracted: extracted === null ? null : shown(extracted),
  status,
})

const STATUS_OF = { equal: 'correct', different: 'wrong', timeout: 'timeout' } as const satisfies Record<
  Comparison,
  VerdictStatus
>

export function verifierOf<Answer, Reference>(kind: Kind<Answer, Reference>): Verifier {
  const { isLost } = kind
  return {
    ...(isLost && {
      settled(beginning: string, reference: string) {
        const expected = kind.read(reference)
        if (expected === null || !isLost(beginning, expected)) return null
        const found = kind.find(beginning, expected)
        return verdict('wrong', found === null || found === 'timeout' ? null : found.text)
      },
    }),
    verify(completion, reference, isTruncated) {
      const expected = kind.read(reference)
      const found = kind.find(completion, expected)
      if (found === 'timeout') return verdict('timeout', null)
      if (isTruncated && !(found?.isComplete && found.answer !== null)) return verdict('truncated', null)
      if (!found || found.answer === null || expected === null) return verdict('unparseable', found?.text ?? null)
      return verdict(STATUS_OF[kind.compare(found.answer, expected)], found.text)
    },
    checkReference(reference) {
      if (kind.read(reference) !== null) return null
      return `the reference ${shownValue(reference)} cannot be read: expected ${kind.expects}`
    },
    sample: (reference) => kind.sample?.(reference) ?? `#### ${reference}`,
    noteOn(completion) {
      const found = kind.find(completion, null)
      return found === null || found === 'timeout' ? null : (found.note ?? null)
    },
  }
}
