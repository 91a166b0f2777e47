/** Splits LaTeX, and formulas typed without it, into tokens. It knows no grammar. Linear time. */

export type Token =
  | { readonly kind: 'number' | 'letter' | 'mark'; readonly text: string; readonly isSpaced: boolean }
  /** A command without its backslash. */
  | { readonly kind: 'command'; readonly text: string; readonly isSpaced: boolean }
  /** Letters in `\text{}` or similar: one name. */
  | { readonly kind: 'word'; readonly text: string; readonly isSpaced: boolean }

const WORD = String.raw`\\(?:text|operatorname\*?|mathrm|mbox)\s?\{(?<word>[^{}]*)\}`
const NUMBER = String.raw`(?<number>\d{1,3}(?:(?:\{,\}|,|\\,)\d{3})+(?![\d,])(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)`
const COMMAND = String.raw`\\(?<command>[a-zA-Z]+|[^a-zA-Z])`
const TOKEN = new RegExp(`(?<space>\\s+)|${WORD}|${NUMBER}|${COMMAND}|(?<letter>\\p{L})|(?<mark>[\\s\\S])`, 'gu')

/** Functions and constants that are also written without a backslash, as in `2sqrt(3)`. */
const NAMES =
  /^(?:arcsin|arccos|arctan|asin|acos|atan|sinh|cosh|tanh|sin|cos|tan|cot|sec|csc|log|ln|lg|exp|sqrt|cbrt|gcd|lcm|max|min|abs|pi)$/
const SAME_NAME: Readonly<Record<string, string>> = { asin: 'arcsin', acos: 'arccos', atan: 'arctan' }

function wordToken(text: string, isSpaced: boolean): Token[] {
  const word = text.trim()
  if (word === '') return []
  if (NAMES.test(word)) return [{ kind: 'command', text: SAME_NAME[word] ?? word, isSpaced }]
  return [{ kind: word.length === 1 ? 'letter' : 'word', text: word, isSpaced }]
}

/** Joins bare letters that spell a function's name; nothing else is joined: `ab` is a product. */
function joinNames(tokens: readonly Token[]): Token[] {
  const joined: Token[] = []
  for (let i = 0; i < tokens.length; ) {
    let end = i
    while (tokens[end]?.kind === 'letter' && (end === i || !tokens[end]?.isSpaced)) end++
    const name = tokens.slice(i, end).map(({ text }) => text)
    const isName = end - i > 1 && NAMES.test(name.join(''))
    const run = isName ? wordToken(name.join(''), tokens[i]?.isSpaced ?? false) : tokens.slice(i, Math.max(end, i + 1))
    joined.push(...run)
    i = Math.max(end, i + 1)
  }
  return joined
}

/** `\\frac12` and `\\frac1{2}` with all their braces. */
const braced = (text: string): string =>
  text
    .replace(/\\[dtc]frac(?![a-zA-Z])/g, '\\frac')
    .replace(/\\frac\s*(\d)\s*(?=[\d{])/g, '\\frac{$1}')
    .replace(/(\\frac\{\d+\})\s*(\d)/g, '$1{$2}')

export function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  let isSpaced = false
  for (const { groups = {} } of braced(text).matchAll(TOKEN)) {
    const { space, word, number, command, letter, mark } = groups
    if (number) tokens.push({ kind: 'number', text: number.replace(/[^\d.]/g, ''), isSpaced })
    else if (command) tokens.push({ kind: 'command', text: command, isSpaced })
    else if (letter) tokens.push({ kind: 'letter', text: letter, isSpaced })
    else if (mark) tokens.push({ kind: 'mark', text: mark, isSpaced })
    else if (word !== undefined) tokens.push(...wordToken(word, isSpaced))
    isSpaced = space !== undefined
  }
  return joinNames(tokens)
}
