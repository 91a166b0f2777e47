/** Formulas between delimiters: `$…$`, `$$…$$`, `\(…\)`, `\[…\]`. Linear time. */
import type { Piece } from './piece'

const MAX_FORMULA = 1200
/** Replaces formulas in a text that is searched for words, so that their contents are not mistaken for words. */
export const HIDDEN = '\uFFFC'

const CLOSED_BY: Readonly<Record<string, string>> = { $$: '$$', '\\(': '\\)', '\\[': '\\]' }
const OPENING = /\\\$|\\\\|\$\$|\$|\\\(|\\\[/g

/** Pandoc's rule: prices such as `$5 and $6` have white space before the second dollar, or a digit after it. */
function closingDollar(text: string, start: number): number {
  if (/\s|^$/.test(text[start] ?? '')) return -1
  for (let at = text.indexOf('$', start); at >= 0 && at - start <= MAX_FORMULA; at = text.indexOf('$', at + 1)) {
    const inner = text.slice(start, at)
    if (inner.includes('\n\n')) return -1
    if (text[at - 1] !== '\\' && !/\s/.test(text[at - 1] ?? '') && !/\d/.test(text[at + 1] ?? '')) return at
  }
  return -1
}

function closing(text: string, open: string, start: number): number {
  if (open === '$') return closingDollar(text, start)
  const end = text.slice(start, start + MAX_FORMULA).indexOf(CLOSED_BY[open] ?? open)
  return end < 0 ? -1 : start + end
}

/** In order; `text` is the text between the delimiters. */
export function formulasIn(text: string): Piece[] {
  const pieces: Piece[] = []
  OPENING.lastIndex = 0
  for (let match = OPENING.exec(text); match; match = OPENING.exec(text)) {
    const open = match[0]
    if (open === '\\$' || open === '\\\\') continue
    const start = match.index + open.length
    const end = closing(text, open, start)
    if (end < 0) continue
    OPENING.lastIndex = end + (open === '$' ? 1 : 2)
    const inner = text.slice(start, end).trim()
    if (inner) pieces.push({ text: inner, start: match.index, end: OPENING.lastIndex, isComplete: false })
  }
  return pieces
}

/** The text with every character of a formula replaced by `HIDDEN`; of the same length. */
export function hideFormulas(text: string, formulas: readonly Piece[]): string {
  let [hidden, at] = ['', 0]
  for (const { start, end } of formulas) {
    hidden += text.slice(at, start) + HIDDEN.repeat(end - start)
    at = end
  }
  return hidden + text.slice(at)
}
