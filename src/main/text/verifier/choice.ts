/**
 * The multiple-choice verifier. In this order: the last filled box, the last marked or stated answer (“the answer is (B)”, “option B is correct”,
 * “I would pick B”), a line that begins with a letter as in `B`, `(B)` or `B) text`, the last letter in parentheses, a letter that ends the text.
 * A letter inside a sentence is not an answer: “A” is also a word, and “I” a pronoun.
 */
import type { VerifierConfig } from '@shared/schemas/verifier'
import { type Answers, answersIn, type Piece } from './answer'
import type { Letters } from './choice-patterns'
import { lettersOf } from './choice-patterns'
import type { Found, Kind } from './kind'

const WRAPPERS = /\\(?:text|textbf|mathrm|mathbf|boxed|operatorname)\s?\{([^{}]*)\}/g
/** Converts full-width letters and brackets to normal ones, and removes emphasis and LaTeX wrappers. */
const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(WRAPPERS, '$1')
    .replace(/[*_`$"“”„‘«»~{}]|\\[()[\]]|^[\s>#-]+/g, '')
    .trim()

const upper = (letter: string | undefined): string | null => letter?.toUpperCase() ?? null

/** The letter at the beginning of a text, if it names an option; 'several' if other letters are beside it. */
function leading(text: string, letters: Letters): string | null {
  const bare = plain(text)
  if (letters.several.test(bare)) return 'several'
  const match = letters.whole.exec(bare) ?? letters.explained.exec(bare)
  return match ? upper(match.slice(1).find((group) => group !== undefined)) : null
}

const isDenied = (text: string, at: number): boolean =>
  /(?:\b(?:not|never|nor|than|isn[’']t|rather than|instead of|nicht|pas|no|non|не)\s+(?:\p{L}+\s+){0,2}|n[’']t\s+(?:\p{L}+\s+)?|不是|不)[("“*]*$/iu.test(
    text.slice(Math.max(0, at - 30), at),
  )

function sentences(text: string, letters: Letters): Piece[] {
  return letters.sentences.flatMap((pattern) =>
    Array.from(text.matchAll(pattern))
      .filter((match) => !isDenied(text, match.index))
      .map((match) => ({
        text: match.slice(1).find((group) => group !== undefined) ?? '',
        start: match.index,
        end: match.index + match[0].length,
        isComplete: false,
      })),
  )
}

function stated({ marked, stated: pieces, text }: Answers, letters: Letters): Found<string> | null {
  const offset = (pieces[0] ?? marked[0])?.start ?? 0
  const all = [...marked, ...pieces, ...sentences(text, letters)].sort((a, b) => a.start - b.start)
  void offset
  for (const piece of all.toReversed()) {
    const letter = leading(piece.text, letters)
    if (letter === 'several') return { text: piece.text, answer: null, isComplete: piece.isComplete }
    if (letter) return { text: letter, answer: letter, isComplete: piece.isComplete }
  }
  return null
}

/** Lines that begin with a letter: one letter, or the last line if it is nothing else. A list of options is not an answer. */
function fromLines(text: string, letters: Letters): string | null {
  const lines = text
    .split('\n')
    .map(plain)
    .filter((line) => line !== '')
  const found = lines
    .map((line) =>
      upper(
        letters.line
          .exec(line)
          ?.slice(1)
          .find((group) => group !== undefined),
      ),
    )
    .filter((letter) => letter !== null)
  const alone = letters.alone.exec(lines.at(-1) ?? '')
  if (alone) return upper(alone[1])
  return new Set(found).size === 1 ? (found[0] ?? null) : null
}

function lastMatch(text: string, pattern: RegExp): string | null {
  let last: string | null = null
  for (const match of text.matchAll(pattern)) if (!isDenied(text, match.index)) last = upper(match[1])
  return last
}

export function choiceKind({ choices }: Extract<VerifierConfig, { kind: 'choice' }>): Kind<string> {
  const letters = lettersOf(choices)
  const found = (letter: string | null): Found<string> | null =>
    letter === null ? null : { text: letter, answer: letter, isComplete: false }
  function find(completion: string): Found<string> | null {
    const answers = answersIn(completion)
    const box = answers.boxes.at(-1)
    if (box) {
      const letter = leading(box.text, letters)
      return {
        text: letter && letter !== 'several' ? letter : box.text,
        answer: letter === 'several' ? null : letter,
        isComplete: box.isComplete,
      }
    }
    const text = answers.text.normalize('NFKC')
    return (
      stated(answers, letters) ??
      found(
        fromLines(text, letters) ?? lastMatch(text, letters.parenthesised) ?? lastMatch(text.trimEnd(), letters.ending),
      )
    )
  }
  return {
    find,
    read: (reference) => find(reference)?.answer ?? null,
    compare: (answer, reference) => (answer === reference ? 'equal' : 'different'),
    expects: `one of the letters ${[...choices].join(', ')}`,
  }
}
