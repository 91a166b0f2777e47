/** The outer form of an answer in normalised LaTeX: lists, sets, tuples, intervals, equations. Knows nothing about what stands inside. */

export interface Collection {
  /** `(`, `[`, `\{`; `\cup` for a union; nothing for a bare list. */
  readonly open: string
  readonly close: string
  readonly items: readonly string[]
}

const UNION = '\\cup'
const TOKEN = /\\cup(?![a-zA-Z])|\\?[\s\S]/g
const OPENING = new Set(['(', '[', '{', '\\{'])
const CLOSING = new Set([')', ']', '}', '\\}'])

interface Piece {
  readonly text: string
  /** Brackets open after it. */
  readonly depth: number
}

/** A text as characters (an escaped one with its backslash) and `\cup`, each with the depth after it. */
function piecesOf(text: string): Piece[] {
  let depth = 0
  return Array.from(text.matchAll(TOKEN), ([piece]) => {
    if (OPENING.has(piece)) depth++
    if (CLOSING.has(piece)) depth--
    return { text: piece, depth }
  })
}

/** Splits at a piece outside all brackets. */
function splitOutside(pieces: readonly Piece[], separator: string): string[] {
  const parts: string[] = ['']
  for (const { text, depth } of pieces) {
    if (text === separator && depth === 0) parts.push('')
    else parts[parts.length - 1] += text
  }
  return parts
}

/** A bracket that opens first and closes last. */
function isWrapped(pieces: readonly Piece[]): boolean {
  const first = pieces[0]
  if (!first || pieces.length < 3 || !OPENING.has(first.text) || first.text === '{') return false
  return pieces.findIndex(({ depth }) => depth === 0) === pieces.length - 1
}

/** What stands between the outer brackets; `(x+1)` is no tuple. */
function between(pieces: readonly Piece[]): Collection | null {
  const items = splitOutside(
    pieces.slice(1, -1).map(({ text, depth }) => ({ text, depth: depth - 1 })),
    ',',
  )
  const [open, close] = [pieces[0]?.text ?? '', pieces.at(-1)?.text ?? '']
  if (open === '\\{') return { open, close, items: items.flatMap(plusAndMinus) }
  return items.length === 1 && open === '(' ? null : { open, close, items }
}

/** `2\pm\sqrt{3}` stands for two items. */
function plusAndMinus(item: string): readonly string[] {
  const isOne = item.split('\\pm').length === 2 && !item.includes('\\mp')
  return isOne ? ['+', '-'].map((sign) => item.replace(/\\pm\s?/, sign)) : [item]
}

/** A list of answers; one without brackets has two items at least. Null for a single answer. */
export function collectionOf(text: string): Collection | null {
  const pieces = piecesOf(text)
  if (isWrapped(pieces)) return between(pieces)
  const union = splitOutside(pieces, UNION)
  if (union.length > 1) return { open: UNION, close: UNION, items: union.map((item) => item.trim()) }
  const items = splitOutside(pieces, ',').flatMap(plusAndMinus)
  return items.length > 1 ? { open: '', close: '', items } : null
}

/** The sides of an equation; one for anything else. `\leq`, `<=` and the like are no equations, and `x=1,x=2` is a list. */
export function sidesOf(text: string): readonly string[] {
  if (/[<>!:]=/.test(text)) return [text]
  const pieces = piecesOf(text)
  const equations = splitOutside(pieces, ',').filter((part) => part.includes('='))
  return equations.length > 1 ? [text] : splitOutside(pieces, '=')
}

const VARIABLE = /^(?:[a-zA-Z]|\\[a-z]+)(?:_(?:\w|\{\w+\}))?(?:(?:\\cdot)?\(\w\))?$/

/** What a variable is said to be: `x=5` is 5, `x\in[0,1]` is the interval; `(B)` is B. Any other text is left as it is. */
export function statedValue(text: string): string {
  const letter = /^\((\w)\)$/.exec(text)?.[1]
  if (letter) return letter
  const member = /^[a-zA-Z]\\in(?![a-zA-Z])\s?/.exec(text)
  if (member) return text.slice(member[0].length)
  const sides = sidesOf(text)
  return sides.length > 1 && VARIABLE.test(sides[0] ?? '') ? (sides.at(-1) ?? text) : text
}
