/**
 * Splits a quantity into its value and its unit: `18\text{ cm}^2`, `18 m^2`, `\$5`, `60^\circ`, `50\%`, `3\text{ million dollars}`,
 * `5\,\frac{\text{m}}{\text{s}}`. Anything else stays part of the value.
 */
import { MAGNITUDES, unitName } from './unit-names'

export interface Quantity {
  readonly value: string
  /** One spelling for each unit; null without one. */
  readonly unit: string | null
}

const CURRENCIES: Readonly<Record<string, string>> = {
  '\\$': 'dollar',
  $: 'dollar',
  '€': 'euro',
  '£': 'pound sterling',
  '¥': 'yen',
  '₹': 'rupee',
}
const CURRENCY_FIRST = /^(-?)\s?(?:US|AU|CA)?(\\\$|[$€£¥₹])\s?(?=[-\d.\\])/
const CURRENCY_LAST = /(?<=[\d}])\s?(\\\$|[$€£¥₹])$/
const LAST_WORD = /(?:\\text\{([^{}]*)\}|(?<![\p{L}\\])([\p{L}]+))\s?(?:\^\s?\{?(-?\d)\}?|(?<=\p{L}|\})(\d))?\s?\.?$/u
const UNIT_FRACTION = /\\frac\s?\{\s?\\text\{([^{}]*)\}\s?\}\s?\{\s?\\text\{([^{}]*)\}\s?(?:\^\s?\{?(\d)\}?)?\s?\}$/
const DEGREES = /\s?\^\\circ\s?(?:\\text\{\s?)?([CF])?\s?\}?$/
const TRIGONOMETRY = /\\?(?:sin|cos|tan|cot|sec|csc)(?![a-z])/
const isPlainNumber = (text: string): boolean => /^[-+]?[\d.,{}\s]*\d(?:\/\d+)?$/.test(text)

const QUALIFIERS: Readonly<Record<string, string>> = {
  square: '^2',
  sq: '^2',
  squared: '^2',
  cubic: '^3',
  cu: '^3',
  cubed: '^3',
}

/** The name of a phrase such as `square cm` or `meters per second`; null if any word is not a unit. */
function phraseName(phrase: string): string | null {
  const words = phrase
    .replace(/\./g, ' ')
    .replace(/\//g, ' per ')
    .split(/[\s·*-]+/)
    .filter((word) => word !== '')
  let [name, power] = ['', '']
  for (const word of words) {
    const lower = word.toLowerCase()
    const [, base = lower, digit] = /^(\p{L}+)\^?\{?([23])?\}?$/u.exec(word) ?? []
    if (QUALIFIERS[lower]) power = QUALIFIERS[lower] ?? ''
    else if (lower === 'per') name += '/'
    else if ((lower !== 'of' && lower !== 'in') || words.length === 1) {
      const unit = unitName(base)
      if (unit === null) return null
      name += `${name === '' || name.endsWith('/') ? '' : '·'}${unit}${power}${digit ? `^${digit}` : ''}`
      power = ''
    }
  }
  return name + power || null
}

interface Step {
  readonly rest: string
  readonly unit: string
}

function lastUnit(text: string): Step | null {
  const fraction = UNIT_FRACTION.exec(text)
  if (fraction) {
    const [top, bottom] = [phraseName(fraction[1] ?? ''), phraseName(fraction[2] ?? '')]
    const power = fraction[3] ? `^${fraction[3]}` : ''
    return top && bottom ? { rest: text.slice(0, fraction.index), unit: `${top}/${bottom}${power}` } : null
  }
  const match = LAST_WORD.exec(text)
  if (!match || match.index === 0) return null
  const [, inText, bare, power, digit] = match
  const rest = text.slice(0, match.index)
  const isShort = bare?.length === 1
  if (isShort && !(/\s$/.test(rest) && isPlainNumber(rest.trim())) && !/\p{L}\/$/u.test(rest)) return null
  if (!inText && digit)
    return bare && bare.length > 1 && unitName(bare) ? { rest, unit: `${unitName(bare)}^${digit}` } : null
  const name = phraseName(inText ?? bare ?? '')
  return name ? { rest, unit: power ? `${name}^${power}` : name } : null
}

const SEPARATOR = /\s?(?:\/|\\cdot|\\text\{\s?per\s?\}|(?<![\p{L}])per)\s?$/u

const QUALIFIER = /(?:\\text\{\s?(square|cubic|sq\.?)\s?\}|(?<!\p{L})(square|cubic|sq\.?))$/u

/** Takes units from the end, `/` and `per` between them included. */
function withoutUnits(text: string): Quantity {
  const names: string[] = []
  let rest = text
  for (let step = lastUnit(rest); step; step = lastUnit(rest)) {
    const separator = SEPARATOR.exec(step.rest)
    const isDivided = separator !== null && lastUnit(step.rest.slice(0, separator.index)) !== null
    rest = (isDivided ? step.rest.slice(0, separator.index) : step.rest).trim()
    names.unshift(isDivided ? `/${step.unit}` : step.unit)
  }
  const unit = names.join('·').replaceAll('·/', '/') || null
  const qualifier = unit && QUALIFIER.exec(rest)
  if (!qualifier) return { value: rest, unit }
  const power = QUALIFIERS[(qualifier[1] ?? qualifier[2] ?? '').replace('.', '')] ?? ''
  return { value: rest.slice(0, qualifier.index).trim(), unit: unit + power }
}

/** `3\text{ million}` is a product. */
function multiplied(text: string): string {
  const match = /(?:\\text\{\s?([a-z]+)\s?\}|(?<![\p{L}\\])([a-z]+))$/iu.exec(text)
  const factor = match && MAGNITUDES[(match[1] ?? match[2] ?? '').toLowerCase()]
  const number = match ? text.slice(0, match.index).trim() : ''
  return factor && /\d\}?$/.test(number) ? `(${number})\\cdot ${factor}` : text
}

/** `\text{3 million dollars}`: the words are moved outside if a number is inside. */
const opened = (text: string): string =>
  text.replace(
    /\\text\{\s?(-?\\?\$?[\d.,]+)([^{}]*)\}/g,
    (_, digits: string, words: string) => `${digits}${words.trim() ? `\\text{${words}}` : ''}`,
  )

const MAGNITUDE_FIRST = new RegExp(String.raw`\\text\{\s?(${Object.keys(MAGNITUDES).join('|')})\s([^{}]*)\}`, 'gi')

export function quantityOf(normalised: string): Quantity {
  const text = opened(normalised).replace(MAGNITUDE_FIRST, '\\text{$1}\\text{$2}')
  const first = CURRENCY_FIRST.exec(text)
  const last = first ? null : CURRENCY_LAST.exec(text)
  const money = CURRENCIES[first?.[2] ?? last?.[1] ?? '']
  if (money) {
    const bare = first ? `${first[1]}${text.slice(first[0].length)}` : text.slice(0, last?.index)
    const inner = withoutUnits(bare.trim())
    const unit = inner.unit === null || inner.unit === money ? money : `${money} ${inner.unit}`
    return { value: multiplied(inner.value), unit }
  }
  const degrees = TRIGONOMETRY.test(text) ? null : DEGREES.exec(text)
  if (degrees) return { value: text.slice(0, degrees.index), unit: degrees[1] ? degrees[1].toLowerCase() : 'degree' }
  if (/%$/.test(text)) return { value: text.slice(0, -1).trim(), unit: 'percent' }
  const { value, unit } = withoutUnits(text)
  if (unit === null) return { value: multiplied(text), unit }
  return /[\d)}\]'a-zA-Z]$/.test(value) ? { value: multiplied(value), unit } : { value: text, unit: null }
}

/** Units that mean only that there is some unit. */
const isVague = (unit: string): boolean => /^unit(?:\^\d)?$/.test(unit)

/** Whether two quantities may be equal: a unit may be left out, but not changed. */
export const haveSameUnit = (a: string | null, b: string | null): boolean =>
  a === null || b === null || a === b || isVague(a) || isVague(b)
