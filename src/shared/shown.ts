/**
 * How a message, a line of the terminal or a page shows what is not ours: names of files, values out of JSON, texts of models. Whatever it is, the result
 * is short, and nothing in it moves the cursor, colours the terminal, turns the direction of writing or is invisible.
 */

/** Control characters (escape sequences begin with one), marks of direction, separators of lines, and what has no width but no use either. */
const UNSAFE =
  /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\p{Surrogate}\u{e0000}-\u{e007f}]/gu
const UNSAFE_BUT_LINES = new RegExp(`(?![\\n\\t]|\\r\\n)${UNSAFE.source}`, 'gu')

/** `\u001b`; two of them for a character beyond 16 bits. Within a JSON text it means the same as the character. */
const escaped = (sign: string): string =>
  Array.from({ length: sign.length }, (_, i) => `\\u${sign.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')

/** JSON without unsafe characters: the same value for who parses it. */
export const safeJson = (json: string): string => json.replace(UNSAFE, escaped)

const cut = (text: string, limit: number): string =>
  text.length > limit ? `${text.slice(0, limit).replace(/[\uD800-\uDBFF]$/, '')}…` : text

/** A text of several lines, as it is where that is safe. */
export const safeText = (text: string, limit = Infinity): string => cut(text, limit).replace(UNSAFE_BUT_LINES, escaped)

/** The same in one line. */
export const safeLine = (text: string, limit = Infinity): string => cut(text, limit).replace(UNSAFE, escaped)

const LIMIT = 200
const MAX_DEPTH = 4

/** A value as short JSON: a text in quotes, a list or an object as far as there is room. Never throws, and calls nothing of the value's own. */
export function shown(value: unknown, limit = LIMIT): string {
  try {
    return cut(write(value, limit, MAX_DEPTH), limit + 3) // its quotes and its own ellipsis
  } catch {
    return 'a value that cannot be shown'
  }
}

/** @param room characters that are still of use; what comes after them is not written */
function write(value: unknown, room: number, depth: number): string {
  if (typeof value === 'string') return safeJson(JSON.stringify(cut(value, room)))
  if (value === undefined) return 'missing'
  if (typeof value === 'function') return 'a function'
  if (typeof value !== 'object' || value === null) return safeLine(String(value), room)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'no time' : `"${value.toISOString()}"`
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`
  if (Array.isArray(value))
    return list('[', ']', value.length, room, depth, (i, left) => write(value[i], left, depth - 1))
  const entries = Object.entries(value)
  return list('{', '}', entries.length, room, depth, (i, left) => {
    const [key, inner] = entries[i]!
    return `${safeJson(JSON.stringify(cut(key, left)))}:${write(inner, left, depth - 1)}`
  })
}

function list(
  open: string,
  close: string,
  length: number,
  room: number,
  depth: number,
  item: (index: number, left: number) => string,
): string {
  if (length > 0 && depth === 0) return `${open}…${close}`
  let inner = ''
  for (let i = 0; i < length; i++) {
    if (inner.length > room) return `${open}${inner},…${close}`
    inner += `${i > 0 ? ',' : ''}${item(i, Math.max(0, room - inner.length))}`
  }
  return `${open}${inner}${close}`
}
