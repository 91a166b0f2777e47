/** Finds the mathematical answer in a completion: boxes, a stated answer, the last formula or number of the last statement. */
import { type Answers, answersIn, type Piece } from '../answer'
import { formulasIn } from '../answer/formulas'
import type { Found } from '../kind'
import { lastNumber } from '../number/read'
import { leadingFormula } from './leading'
import { normaliseLatex } from './normalise'
import { collectionOf } from './structure'

export const MAX_ANSWER = 1000

/** A text of more than 1,000 characters is not an answer. */
function found(text: string, isComplete: boolean): Found<string> | null {
  if (text.length > MAX_ANSWER) return null
  const answer = normaliseLatex(text)
  return answer ? { text: text.trim(), answer, isComplete } : null
}

/** If the reference has several elements and the last box has one, every box is an element. */
function fromBoxes(boxes: readonly Piece[], reference: string | null): Found<string> | null {
  const last = boxes.at(-1)
  if (!last) return null
  const texts = [...new Set(boxes.map(({ text }) => text))]
  const isOne = !collectionOf(normaliseLatex(last.text))
  const wantsSeveral = reference !== null && isUnordered(reference)
  const text = texts.length > 1 && isOne && wantsSeveral ? texts.join(', ') : last.text
  return found(text, last.isComplete) ?? { text: text.slice(0, MAX_ANSWER), answer: null, isComplete: last.isComplete }
}

function isUnordered(reference: string): boolean {
  const collection = collectionOf(reference)
  return collection !== null && (collection.open === '' || collection.open === '\\{') && collection.items.length > 1
}

interface Candidate {
  readonly found: Found<string>
  readonly start: number
  readonly isFormula: boolean
}

/** The last stated answer with a formula or a number; if there is none, the last one in words. */
function stated({ marked, stated: sentences }: Answers): Candidate | null {
  const pieces = [...marked, ...sentences].sort((a, b) => a.start - b.start).toReversed()
  let words: Candidate | null = null
  for (const piece of pieces) {
    const leading =
      marked.includes(piece) && isShort(piece.text) ? { text: piece.text, isFormula: true } : leadingFormula(piece.text)
    const answer = leading && found(leading.text, piece.isComplete)
    if (!answer) continue
    if (leading.isFormula) return { found: answer, start: piece.start, isFormula: true }
    words ??= { found: answer, start: piece.start, isFormula: false }
  }
  return words
}

/** A marked line is the answer as a whole, unless it continues in words. */
const isShort = (text: string): boolean =>
  !/[(（]?\b(?:where|because|since|see|as)\b|=/.test(text) && !/\p{L}{2,}\s+\p{L}{2,}\s+\p{L}{2,}/u.test(text)

/** The last formula, or the number after it, of the last statement that has either. */
function lastOf({ statements }: Answers): { readonly text: string; readonly start: number } | null {
  for (const { formulas, isAbout, text, start } of statements.toReversed()) {
    if (isAbout) continue
    const formula = formulas.at(-1)
    const number = lastNumber(formula ? text.slice(formula.end - start) : text)
    if (number !== null && number !== 'other') return { text: number.text, start: start + text.length }
    if (formula) return { text: formula.text, start: formula.start }
    if (number === 'other') return { text: leadingFormula(text)?.text ?? '', start }
  }
  return null
}

export function findLatex(completion: string, reference: string | null): Found<string> | null {
  const answers = answersIn(completion)
  const boxed = fromBoxes(answers.boxes, reference)
  if (boxed) return boxed
  const statement = stated(answers)
  if (statement?.isFormula) return statement.found
  const whole = bare(answers)
  if (whole) return whole
  const last = lastOf(answers)
  if (statement && (!last || last.start < statement.start)) return statement.found
  return last && found(last.text, false)
}

/** A completion that is nothing but a short answer, such as `x^2+1` or `Yes.` */
function bare({ text }: Answers): Found<string> | null {
  const line = text.trim()
  if (line.length > 60 || line.includes('\n')) return null
  const leading = leadingFormula(line)
  return leading?.isFormula && leading.text.length >= line.replace(/[.\s]+$/, '').length
    ? found(leading.text, false)
    : null
}

/** A reference is an answer, or a worked solution that has one in a box, a marked line or the last formula. */
export function readLatex(reference: string): string | null {
  const { boxes, marked } = answersIn(reference)
  const explicit = boxes.at(-1) ?? marked.findLast(({ text }) => text !== '')
  const isAll = boxes.length > 1 && formulasIn(reference).length === 0
  const text = isAll ? [...new Set(boxes.map((box) => box.text))].join(', ') : explicit?.text
  return found(text ?? reference, true)?.answer ?? null
}
