/**
 * Finds the answer in a completion, for all verifiers. The text outside reasoning blocks is searched for boxes, then for marked and stated
 * answers, then for its last statements. Each kind of verifier decides which of them it accepts.
 */
import { boxesIn } from './boxes'
import { formulasIn, hideFormulas } from './formulas'
import type { Piece } from './piece'
import { visiblePart } from './reasoning'
import { markedLines, statedAnswers } from './stated'
import { isAboutAnswer, statementsIn, withoutPointers } from './statements'

/** Only this many characters at the end are searched, except for boxes and marked lines, which count anywhere. */
const MAX_SEARCHED = 40_000

export interface Answers {
  /** Filled boxes, in order. */
  readonly boxes: readonly Piece[]
  /** Texts after a marker such as `####`, in order. */
  readonly marked: readonly Piece[]
  /** Stated answers, in order. */
  readonly stated: readonly Piece[]
  /** Sentences, in order; each with its formulas. Numbers that only count or refer are replaced by blanks. */
  readonly statements: readonly (Piece & { readonly formulas: readonly Piece[]; readonly isAbout: boolean })[]
  /** The visible text, or its end. */
  readonly text: string
}

const moved = (piece: Piece, by: number): Piece => ({ ...piece, start: piece.start + by, end: piece.end + by })

/** A draft is never complete: it was not meant as an answer yet. */
const drafts = (pieces: readonly Piece[], isDraft: boolean): readonly Piece[] =>
  isDraft ? pieces.map((piece) => ({ ...piece, isComplete: false })) : pieces

/** Linear time. `marker`: the text before an answer on its line; '' for none. */
export function answersIn(completion: string, marker = '####'): Answers {
  const { text: visible, offset, isDraft } = visiblePart(completion)
  const text = visible.slice(-MAX_SEARCHED)
  const by = offset + visible.length - text.length
  const formulas = formulasIn(text)
  const hidden = hideFormulas(text, formulas)
  const readable = withoutPointers(hidden)
  const statements = statementsIn(hidden).map(({ start, end }) => ({
    ...{ text: readable.slice(start, end), start: start + by, end: end + by, isComplete: false },
    formulas: formulas.filter((formula) => formula.start >= start && formula.end <= end).map((one) => moved(one, by)),
    isAbout: isAboutAnswer(hidden.slice(start, end)),
  }))
  return {
    boxes: drafts(boxesIn(visible, offset), isDraft),
    marked: drafts(
      markedLines(visible, marker).map((piece) => moved(piece, offset)),
      isDraft,
    ),
    stated: drafts(
      statedAnswers(text, hidden).map((piece) => moved(piece, by)),
      isDraft,
    ),
    statements,
    text,
  }
}

export type { Piece } from './piece'
