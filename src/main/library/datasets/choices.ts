/** Multiple-choice questions: reading the choices, writing them into the prompt, and finding the correct one. */

import { parseJson } from './read/parse-json'
import { isObject } from './read/record'
import { asText, BadValue, isEmpty, type RowView } from './values'

export interface Choices {
  readonly texts: readonly string[]
  /** The dataset's own labels of the choices (such as 1 to 4); empty if it has none. */
  readonly marks: readonly string[]
}

export const letterOf = (index: number): string => String.fromCharCode(65 + index)

/** Lists, {text, label} in either nesting, objects by letter, or separate columns. @throws BadValue */
export function readChoices(view: RowView): Choices {
  const cells = view.each('choices')
  if (cells.length > 1) return checked(fromColumns(cells), 'choices')
  const [cell] = cells
  const value = typeof cell?.value === 'string' ? parseList(cell.value) : cell?.value
  return checked(fromValue(value), 'choices')
}

/** Columns at the end may be empty: not every question has as many choices. */
function fromColumns(cells: readonly { readonly column: string; readonly value: unknown }[]): Choices {
  const last = cells.findLastIndex(({ value }) => !isEmpty(value))
  return { texts: cells.slice(0, last + 1).map(({ column, value }) => asText(value, column)), marks: [] }
}

function fromValue(value: unknown): Choices | null {
  if (Array.isArray(value)) return value.every(isObject) && value.length > 0 ? fromItems(value) : fromTexts(value)
  if (!isObject(value)) return null
  const texts = value['text'] ?? value['texts']
  const marks = value['label'] ?? value['labels']
  if (Array.isArray(texts) && Array.isArray(marks) && marks.length === texts.length) return labelled(texts, marks)
  const entries = Object.entries(value).filter(([key, text]) => /^\w{1,2}$/.test(key) && !isEmpty(text))
  return entries.length > 1
    ? labelled(
        entries.map(([, text]) => text),
        entries.map(([key]) => key),
      )
    : null
}

function fromItems(items: readonly Readonly<Record<string, unknown>>[]): Choices {
  const markOf = (item: Readonly<Record<string, unknown>>) => item['label'] ?? item['key'] ?? item['id']
  const texts = items.map((item) => item['text'] ?? item['value'] ?? item['content'])
  return labelled(texts, items.some((item) => markOf(item) === undefined) ? [] : items.map(markOf))
}

const labelled = (texts: readonly unknown[], marks: readonly unknown[]): Choices => ({
  texts: texts.map((text) => asText(text, 'choices')),
  marks: marks.map((mark) => asText(mark, 'choices')),
})

/** Removes a letter at the beginning of a choice ("A) 21"), because the prompt adds the letters itself. */
function fromTexts(values: readonly unknown[]): Choices {
  const texts = values.map((value) => asText(value, 'choices'))
  const begins = texts.map((text, i) => new RegExp(`^\\s*\\(?${letterOf(i)}[).:]\\s*`).exec(text)?.[0])
  const isMarked = texts.length > 1 && begins.every((begin) => begin !== undefined)
  return { texts: isMarked ? texts.map((text, i) => text.slice(begins[i]?.length)) : texts, marks: [] }
}

function checked(choices: Choices | null, column: string): Choices {
  if (choices && choices.texts.length >= 2 && choices.texts.length <= 26) return choices
  throw new BadValue(`column "${column}" is not a list of 2 to 26 choices`)
}

/** CSV has no lists, so a list is written as JSON in it. */
function parseList(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return null
  }
}

/** `A. …`, one per line. */
export const choiceLines = ({ texts }: Choices): string => texts.map((text, i) => `${letterOf(i)}. ${text}`).join('\n')

/**
 * Index of the correct choice, given by the dataset's own label, a letter, a number, or the text.
 * @param first the first number of the dataset's numbering, 0 or 1
 * @throws BadValue if it matches no choice, or is the number of one choice and the text of another
 */
export function choiceIndex(value: unknown, { texts, marks }: Choices, first: number): number {
  const answer = asText(value, 'answer').trim()
  const marked = marks.findIndex((mark) => mark.toLowerCase() === answer.toLowerCase())
  if (marked >= 0) return marked
  const index = letterIndex(answer) ?? (/^\d{1,2}$/.test(answer) ? Number(answer) - first : -1)
  const isIndex = index >= 0 && index < texts.length
  const same = typeof value === 'string' ? texts.flatMap((text, i) => (text.trim() === answer ? [i] : [])) : []
  const [byText] = same.length === 1 ? same : []
  if (isIndex && byText !== undefined && byText !== index) {
    throw new BadValue(`column "answer" is "${answer}", which is the number of one choice and the text of another`)
  }
  if (isIndex) return index
  if (byText !== undefined) return byText
  const range = `an index ${first} to ${texts.length - 1 + first}`
  const allowed = `neither a letter A to ${letterOf(texts.length - 1)} nor ${range}`
  throw new BadValue(`column "answer" is "${answer.slice(0, 40)}", ${allowed}`)
}

function letterIndex(answer: string): number | null {
  const letter = /^\(?([A-Za-z])\)?\.?$/.exec(answer)?.[1]
  return letter === undefined ? null : letter.toUpperCase().charCodeAt(0) - 65
}

/** A number of one or two digits, as a number or as a text. */
const isShort = (answer: unknown): boolean =>
  typeof answer !== 'object' && typeof answer !== 'symbol' && /^\s*\d{1,2}\s*$/.test(String(answer))

/** The first number of the numbering of choices: 1 if all answers are from 1 to the number of choices and that number occurs, else 0. */
export function firstNumber(answers: readonly { readonly answer: unknown; readonly count: number }[]): number {
  const numbers = answers.map(({ answer, count }) => ({
    number: isShort(answer) ? Number(answer) : NaN,
    count,
  }))
  const isFromOne = numbers.every(({ number, count }) => number >= 1 && number <= count)
  return isFromOne && numbers.some(({ number, count }) => number === count) ? 1 : 0
}
