/** Equations, and values assigned to a name: `x=5`, `AB = 5`, `\angle ABC = 30^\circ`, `\text{Area} = 5`, `(a,b)=(1,2)`, `5 = x`. */
import { parseFormula } from '../algebra/parse'
import { splitOutside } from './structure'

const INDEX = String.raw`(?:\s?_\s?(?:\w|\{[^{}]*\}|\\text\{[^{}]*\}))?`
const LETTER = String.raw`(?:[a-zA-Z]|\\(?!frac|sqrt|pi|infty|text|le|ge|ne|cdot|times|sin|cos|tan|log|ln|lor|land)[a-zA-Z]+(?:\s?\{[^{}]*\})?)`
const ITEM = String.raw`[a-zA-Z\d]${INDEX}`
const BETWEEN = String.raw`(?:\s?,\s?|\s{1,2})?` // one reading each, or many items could be split in 2ⁿ ways
const VARIABLE = new RegExp(String.raw`^-?${LETTER}${INDEX}'*(?:\s?\(\s?${ITEM}(?:${BETWEEN}${ITEM})*\s?,?\s?\))?$`)
const NAMES: readonly RegExp[] = [
  VARIABLE,
  /^\|?\s?(?:\\overline|\\overrightarrow|\\widehat|\\vec|\\hat|\\bar)?\s?\{?\s?[A-Z]{1,4}'?\s?\}?\s?\|?$/, // a segment, a polygon
  /^m?\s?\\(?:angle|measuredangle|triangle|widehat)\s?\{?\s?[A-Z\d]{1,4}\s?\}?$/,
  /^\[\s?[A-Z]{2,8}\s?\]$/, // an area
  /^\\text\{[^{}]*\}(?:\s?_\s?(?:\w|\{[^{}]*\}))?$/,
  /^\p{L}[\p{L}\s]*$/u,
  /^[a-zA-Z](?:\s?\+\s?[a-zA-Z]){1,4}$/, // a sum that a problem asks for, as in m+n = 113
  /^[A-Z]\s?\([^()]*\)$/, // a probability
  /^\\?(?:text\{)?(?:area|perimeter|volume|sum|total|length|width|height|radius|probability|deg|dim|arg|det|gcd|lcm)\}?\s?(?:\([^()]*\)|\{?[A-Z]*\}?)$/i,
  /^\\frac\s?\{\s?(?:d|\\partial)\s?\^?\d?\s?[a-zA-Z]?\s?\}\s?\{\s?(?:d|\\partial)\s?[a-zA-Z]\s?\^?\d?\s?\}$/, // a derivative
  /^\(\s?[a-zA-Z]\w?(?:_\w)?(?:\s?,\s?[a-zA-Z](?:_\w)?)+\s?\)$/, // a pair of variables
]

export const isNameOf = (text: string): boolean => NAMES.some((pattern) => pattern.test(text))

const LABEL = /^(?:\\text\{[^{}\d:]*[^{}\d:\s]\s?(?::\s?\}|\}\s?:)|[a-zA-Z][a-zA-Z\s]{0,40}:)(?=\s?[^\s=])/

/** The sides of an equation; one for anything else. `x=1,x=2` is a list, `\le` is not an equation. A label such as `Area:` is a side. */
export function sidesOf(text: string): readonly string[] {
  if (/[<>]|\\[lgn]e(?![a-z])/.test(text)) return [text]
  const equations = splitOutside(text, [',', ';', '\\lor', '\\land'], false).filter((part) => /=|\\approx/.test(part))
  if (equations.length > 1) return [text]
  const label = LABEL.exec(text)
  if (label && !text.includes('='))
    return [label[0].replace(/\s?:\s?(?=\}?$)/, '').trim(), text.slice(label[0].length).trim()]
  return splitOutside(text, ['=', '\\approx', '\\equiv'], false).filter((side, i) => side !== '' || i > 0)
}

export interface Stated {
  readonly name: string | null
  readonly value: string
}

/** A function's name counts as its value's: `f(x)` is `y`. */
const isFunctionName = (name: string): boolean => /^(?:y|[a-zA-Z]'?\s?\(\s?[a-zA-Z]\s?\))$/.test(name)

export const areSameName = (a: string | null, b: string | null): boolean =>
  a === null || b === null || plainName(a) === plainName(b) || (isFunctionName(a) && isFunctionName(b))

const plainName = (name: string): string => {
  const bare = name
    .replace(/\\(?:text|overline|mathrm)\s?\{([^{}]*)\}/g, '$1')
    .replace(/[\s|:{}]|\\measured|\\|^m(?=angle)/g, '')
  return bare.length > 1 ? bare.toLowerCase() : bare
}

/** The value assigned to a name, on either side; the text itself if it is not such a statement. */
export function statedValue(text: string): Stated {
  const sides = sidesOf(text)
  const [first = '', last = ''] = [sides[0], sides.at(-1)]
  if (sides.length < 2 || last === '') return { name: null, value: text }
  if (isNameOf(first)) return { name: first, value: last }
  if (sides.length === 2 && isNameOf(last) && parseFormula(first)) return { name: last, value: first }
  const isCalculation = sides.every((side) => !/[a-zA-Z]/.test(side.replace(/\\[a-zA-Z]+/g, '')))
  return { name: null, value: isCalculation ? last : text }
}
