/** Explicit answer markers: a line after `####`, and `\boxed{}`. Linear time in the length of the text, whatever it holds. */

export interface Marked {
  readonly text: string
  /** The marker's end was reached: its newline, or its closing brace. */
  readonly isComplete: boolean
}

/** The rest of the line after the last `marker`, trimmed; null without one. */
export function afterMarker(text: string, marker: string): Marked | null {
  const at = marker ? text.lastIndexOf(marker) : -1
  if (at < 0) return null
  const start = at + marker.length
  const newline = text.indexOf('\n', start)
  return { text: text.slice(start, newline < 0 ? undefined : newline).trim(), isComplete: newline >= 0 }
}

/** The content of the last `\boxed{…}` that is closed (the outer one, where they are nested); null without one. */
export function lastBoxed(text: string): Marked | null {
  const first = text.search(/\\f?boxed?\s{0,3}\{/)
  if (first < 0) return null
  const tokens = /\\f?boxed?\s{0,3}\{|\\[\\{}]|[{}]/g
  tokens.lastIndex = first
  const open: number[] = [] // where each open brace's content begins; -1: not a box
  let last: string | null = null
  for (let token = tokens.exec(text); token; token = tokens.exec(text)) {
    if (token[0] === '}') {
      const start = open.pop() ?? -1
      if (start >= 0) last = text.slice(start, token.index)
    } else if (token[0] === '{') open.push(-1)
    else if (token[0].length > 2) open.push(tokens.lastIndex)
  }
  return last === null ? null : { text: last.trim(), isComplete: true }
}
