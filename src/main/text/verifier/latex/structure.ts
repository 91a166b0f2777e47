/** The outer form of an answer in normalised LaTeX: lists, sets, tuples, matrices. It does not know the contents. */

export interface Collection {
  /** `(`, `[`, `]`, `\{`, `matrix`; nothing for a bare list. */
  readonly open: string
  readonly close: string
  readonly items: readonly string[]
}

const TOKEN = /\\begin\{\w+\*?\}|\\end\{\w+\*?\}|\\text\{[^{}]*\}|\\[a-zA-Z]+|\\?[\s\S]/g
const OPENING = new Set(['(', '[', '{', '\\{', '\\lfloor', '\\lceil'])
const CLOSING = new Set([')', ']', '}', '\\}', '\\rfloor', '\\rceil'])

export interface Piece {
  readonly text: string
  /** Brackets open after it. */
  readonly depth: number
}

/** A text as characters and commands, each with the depth after it. */
export function piecesOf(text: string): Piece[] {
  let depth = 0
  return Array.from(text.matchAll(TOKEN), ([piece]) => {
    if (OPENING.has(piece) || piece.startsWith('\\begin{')) depth++
    if (CLOSING.has(piece) || piece.startsWith('\\end{')) depth--
    return { text: piece, depth }
  })
}

/** A comma between digits that group thousands separates nothing. */
function isGrouping(pieces: readonly Piece[], at: number): boolean {
  const before = pieces
    .slice(Math.max(0, at - 4), at)
    .map(({ text }) => text)
    .join('')
  const after = pieces
    .slice(at + 1, at + 5)
    .map(({ text }) => text)
    .join('')
  return /(?<!\d)\d{1,3}$/.test(before) && !/(?<!\d)0$/.test(before) && /^\d{3}(?!\d)/.test(after)
}

/** Splits at a piece outside all brackets. */
export function splitOutside(text: string, separators: readonly string[], isNumeric = true): string[] {
  const parts: string[] = ['']
  const pieces = piecesOf(text)
  for (const [i, { text: piece, depth }] of pieces.entries()) {
    const isSplit = separators.includes(piece) && depth === 0 && !(isNumeric && piece === ',' && isGrouping(pieces, i))
    if (isSplit) parts.push('')
    else parts[parts.length - 1] += piece
  }
  return parts.map((part) => part.trim())
}

/** A bracket that opens first and closes last. */
export function isWrapped(pieces: readonly Piece[]): boolean {
  const first = pieces[0]
  if (!first || pieces.length < 2 || !OPENING.has(first.text) || first.text === '{') return false
  return pieces.findIndex(({ depth }) => depth <= 0) === pieces.length - 1
}

/** `2\pm\sqrt{3}` means two items. */
function plusAndMinus(item: string): readonly string[] {
  const isOne = item.split('\\pm').length === 2 && !item.includes('\\mp')
  return isOne ? ['+', '-'].map((sign) => item.replace(/\\pm\s?/, sign)) : [item]
}

const SEPARATORS = [',', ';', '\\lor', '\\land']
const inner = (text: string, open: string): string => text.slice(open.length, -(open === '\\{' ? 2 : 1))

/** `(x+1)`, `[x+1]` and `|x|` are not tuples. */
function bracketed(text: string, pieces: readonly Piece[]): Collection | null {
  const [open, close] = [pieces[0]?.text ?? '', pieces.at(-1)?.text ?? '']
  if (open.startsWith('\\l')) return null
  const content = inner(text, open).trim()
  const items = content === '' ? [] : splitOutside(content, SEPARATORS, false)
  if (open === '\\{') return { open, close, items: items.flatMap(plusAndMinus) }
  return items.length < 2 ? null : { open, close, items }
}

const MATRIX = /^\\begin\{([pbBvV]?)(?:small)?matrix\*?\}([\s\S]*)\\end\{[pbBvV]?(?:small)?matrix\*?\}$/
const ARRAY = /^[([]?\s?\\begin\{(array)\}\s?(?:\{[^{}]*\})?([\s\S]*)\\end\{array\}\s?[)\]]?$/

/** Rows of cells. A determinant is not its matrix; kinds of brackets do not matter. */
function matrixOf(text: string): Collection | null {
  const [, kind = '', body] = MATRIX.exec(text) ?? ARRAY.exec(text) ?? []
  if (body === undefined || body.includes('\\begin')) return null
  const open = /[vV]/.test(kind) ? 'determinant' : 'matrix'
  const rows = body
    .replace(/\\hline|\\land/g, (one) => (one === '\\land' ? '&' : ''))
    .split(/\\\\/)
    .map((row) => row.trim())
  const items = rows.filter((row) => row !== '').map((row) => `(${row.split('&').join(',')},row)`)
  return { open, close: open, items }
}

/** A list of answers; one without brackets has at least two items. Null for a single answer. */
export function collectionOf(text: string): Collection | null {
  const matrix = matrixOf(text)
  if (matrix) return matrix
  const pieces = piecesOf(text)
  if (isWrapped(pieces)) return bracketed(text, pieces)
  const items = splitOutside(text, SEPARATORS).flatMap(plusAndMinus)
  return items.length > 1 && items.every((item) => item !== '') ? { open: '', close: '', items } : null
}
