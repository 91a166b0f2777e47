/**
 * The regular-expression verifier: group 1 of the last match (the whole match without groups) equals the reference, except for white space at the
 * ends. A pattern that needs exponential time is interrupted.
 */
import { GpoError } from '@shared/errors'
import type { VerifierConfig } from '@shared/schemas/verifier'
import { shown } from '@shared/shown'
import { withinTime } from '../time-limit'
import type { Kind } from './kind'

const PATTERN_TIMEOUT_MS = 1000

function compile(pattern: string, flags: string): RegExp {
  try {
    return new RegExp(pattern, `${flags}g`)
  } catch (error) {
    throw new GpoError(
      'plan',
      `verifier.pattern ${shown(pattern)} is not a regular expression: ${(error as SyntaxError).message}`,
    )
  }
}

function lastMatch(text: string, pattern: RegExp): RegExpExecArray | null {
  let last: RegExpExecArray | null = null
  for (const match of text.matchAll(pattern)) last = match
  return last
}

/** Complete: text follows the match, so it was not cut off in it. */
export function regexKind({ pattern, flags }: Extract<VerifierConfig, { kind: 'regex' }>): Kind<string> {
  const compiled = compile(pattern, flags)
  return {
    find(completion) {
      const outcome = withinTime(PATTERN_TIMEOUT_MS, () => lastMatch(completion, compiled))
      if (outcome === 'timeout' || !outcome.value) return outcome === 'timeout' ? outcome : null
      const match = outcome.value
      const text = (match[1] ?? match[0]).trim()
      return { text, answer: text, isComplete: match.index + match[0].length < completion.length }
    },
    read: (reference) => reference.trim() || null,
    compare: (answer, reference) => (answer === reference ? 'equal' : 'different'),
    expects: 'a text that is not empty',
  }
}
