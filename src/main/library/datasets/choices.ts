/** Questions with choices: the choices in their forms, the lines of the prompt, and which one is right. */

import { parseJson } from './read/parse-json'
import { isObject } from './read/record'
import { asText, BadValue, isEmpty, type RowView } from './values'

export interface Choices {
  readonly texts: readonly string[]
  /** The set's own marks (1 to 4, say); empty where it has none. */
  readonly marks: readonly string[]
}

export const letterOf = (index: number): string => String.fromCharCode(65 + index)

/** Lists, {text, label} in either nesting, objects by letter, or columns of their own. @throws BadValue */
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

/** Texts that begin with their own letter ("A) 21") lose it: the prompt's lines write it anyway. */
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

/** CSV has no lists: there a list is written as JSON. */
function parseList(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return null
  }
}

/** `A. …`, one a line. */
export const choiceLines = ({ texts }: Choices): string => texts.map((text, i) => `${letterOf(i)}. ${text}`).join('\n')

/**
 * The right one's place: by the set's own mark, its letter, its number, or its text.
 * @param first what the set's numbers begin with, 0 or 1
 * @throws BadValue where it is none of them, or a text that is the number of one choice and the text of another
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

/** What the numbers of right choices begin with: 1 where all of them are from 1 to the number of choices, and that number occurs. */
export function firstNumber(answers: readonly { readonly answer: unknown; readonly count: number }[]): number {
  const numbers = answers.map(({ answer, count }) => ({
    number: /^\s*\d{1,2}\s*$/.test(String(answer)) ? Number(answer) : NaN,
    count,
  }))
  const isFromOne = numbers.every(({ number, count }) => number >= 1 && number <= count)
  return isFromOne && numbers.some(({ number, count }) => number === count) ? 1 : 0
}
