/** Finds `\boxed{}` and its variants. Linear time for any text. */
import type { Piece } from './piece'

/** Blank, or a placeholder for an answer. */
const PLACEHOLDER =
  /^(?:\\(?:text|mathrm)\s?\{)?[\s.…?_*\\,;:~#{}-]*(?:(?:your|the|final|my)[\s_-])*(?:answer|result|solution|value|number|letter)?(?:[\s_-]here)?[\s.…?_*\\,;:~#{}-]*$/i

const isQuoted = (text: string, start: number, end: number): boolean => {
  const [before, after] = [text[start - 1] ?? '', text[end] ?? '']
  const isCode = before === '`' && after === '`'
  return isCode || (/["“”‘']/.test(before) && /["“”’']/.test(after))
}

/** Every closed outer box, in order. Empty ones, and those that only quote the instruction, are left out. */
export function boxesIn(text: string, offset: number): Piece[] {
  const pieces = [...bracedBoxes(text), ...bareBoxes(text)].sort((a, b) => a.start - b.start)
  const filled = pieces.filter(({ text: content }) => !PLACEHOLDER.test(content.slice(0, 60)))
  const unquoted = filled.filter(({ start, end }) => !isQuoted(text, start, end))
  return (unquoted.length > 0 ? unquoted : filled).map((piece) => ({
    ...piece,
    start: piece.start + offset,
    end: piece.end + offset,
  }))
}

const NESTED = /^\\boxed\s{0,3}\{([^{}]*)\}$/

function box(text: string, start: number, end: number): Piece {
  const content = text.trim()
  return { text: NESTED.exec(content)?.[1] ?? content, start, end, isComplete: true }
}

/** `\boxed 5` and `\boxed5`, as TeX reads them. */
function bareBoxes(text: string): Piece[] {
  return Array.from(text.matchAll(/\\boxed\s{0,3}([\dA-Za-z])(?![A-Za-z])/g), (match) => {
    const number = /^-?\d+(?:\.\d+)?/.exec(text.slice(match.index + match[0].length - 1, match.index + 40))?.[0]
    const content = number ?? match[1] ?? ''
    return box(content, match.index, match.index + match[0].length - 1 + content.length)
  }).filter(({ start, text: content }) => /\d|\s/.test(text[start + 6] ?? '') && content !== '')
}

function bracedBoxes(text: string): Piece[] {
  const first = text.search(/\\(?:boxed?|fbox)\s{0,3}\{/)
  if (first < 0) return []
  const tokens = /\\(?:boxed?|fbox)\s{0,3}\{|\\[\\{}]|[{}]/g
  tokens.lastIndex = first
  const open: { readonly start: number; readonly content: number }[] = [] // content -1: a brace that is not a box
  const boxes: Piece[] = []
  for (let token = tokens.exec(text); token; token = tokens.exec(text)) {
    if (token[0] === '}') {
      const { start, content } = open.pop() ?? { start: 0, content: -1 }
      if (content < 0) continue
      while ((boxes.at(-1)?.start ?? -1) > start) boxes.pop() // inner boxes belong to this one
      boxes.push(box(text.slice(content, token.index), start, token.index + 1))
    } else if (token[0] === '{') open.push({ start: 0, content: -1 })
    else if (token[0].length > 2) open.push({ start: token.index, content: tokens.lastIndex })
  }
  return boxes
}
