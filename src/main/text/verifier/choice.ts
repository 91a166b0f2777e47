/**
 * The multiple-choice verifier. In this order: the last closed `\boxed{}`, the last `#### …` line, the last “answer is (B)”, the last
 * line if it begins with a letter as in `B`, `(B)` or `B) text`, the last letter in parentheses. A letter inside a sentence is no answer:
 * “A” is also a word.
 */
import type { VerifierConfig } from '@shared/schemas/verifier'
import type { Found, Kind } from './kind'
import { afterMarker, lastBoxed } from './markers'

/** A letter that is all there is, as in `B`, `(b)`, `\text{(B)}`, `**B.**`, or that an option's text follows: `B) Paris`, `B: Paris`. */
function wholePattern(letter: string): RegExp {
  return new RegExp(
    String.raw`^[*_$\s]*(?:\\(?:text|textbf|mathrm|mathbf)\{)?\s?\(?(${letter})(?:[*_$}\s.]*$|\)|[.:]\s)`,
    'i',
  )
}

const statementPattern = (letter: string): RegExp =>
  new RegExp(
    String.raw`\b[Aa](?:nswer|NSWER)(?: choice| option)?(?: is|:|\s?=)[\s:*_$]{0,8}(?:(?:option|choice) )?(?:\\(?:text|boxed)\{)?(?:\((${letter.toLowerCase()}|${letter})\)|(${letter})(?![\w'’]))`,
    'g',
  )

const parenthesised = (letter: string): RegExp => new RegExp(String.raw`\((${letter})\)`, 'g')

function lastLetter(text: string, pattern: RegExp): string | null {
  let last: string | null = null
  for (const match of text.matchAll(pattern)) last = match[1] ?? match[2] ?? null
  return last
}

function lastLine(text: string): string {
  const trimmed = text.trimEnd()
  return trimmed.slice(trimmed.lastIndexOf('\n') + 1)
}

export function choiceKind({ choices }: Extract<VerifierConfig, { kind: 'choice' }>): Kind<string> {
  const letter = `[${choices.replace(/[\\\]^-]/g, '\\$&')}]`
  const whole = wholePattern(letter)
  const statement = statementPattern(letter)
  const inParentheses = parenthesised(letter)
  const found = (text: string | null | undefined, isComplete: boolean): Found<string> | null =>
    text ? { text, answer: text.toUpperCase(), isComplete } : null
  const find = (text: string): Found<string> | null => {
    const boxed = lastBoxed(text)
    const marked = afterMarker(text, '####')
    return (
      found(boxed && whole.exec(boxed.text)?.[1], true) ??
      found(marked && whole.exec(marked.text)?.[1], marked?.isComplete ?? false) ??
      found(lastLetter(text, statement), false) ??
      found(whole.exec(lastLine(text))?.[1], false) ??
      found(lastLetter(text, inParentheses), false)
    )
  }
  return {
    find,
    read: (reference) => find(reference)?.answer ?? null,
    compare: (answer, reference) => (answer === reference ? 'equal' : 'different'),
    expects: `one of the letters ${[...choices].join(', ')}`,
  }
}
