/** JSON from elsewhere, measured before it is parsed: a few bytes that make one object each take fifty times their size in memory. */

export interface JsonLimits {
  /** Lists and objects inside each other. */
  readonly depth: number
  /** Lists, objects and their members, together. */
  readonly values: number
}

/** @returns what is beyond the limits, as "more than 100 values"; null if nothing is. Text that is no JSON is measured as far as it goes. */
export function beyondLimits(text: string, { depth, values }: JsonLimits): string | null {
  let [open, found] = [0, 0]
  for (let i = 0; i < text.length; i++) {
    switch (text[i]) {
      case '"':
        i = endOfString(text, i)
        break
      case '[':
      case '{':
        found++
        if (++open > depth) return `lists and objects more than ${depth.toLocaleString('en')} deep`
        break
      case ']':
      case '}':
        open--
        break
      case ',':
        found++
        break
    }
    if (found > values) return `more than ${values.toLocaleString('en')} values`
  }
  return null
}

/** Where the string that begins at `start` ends. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0
    while (text[end - 1 - slashes] === '\\') slashes++
    if (slashes % 2 === 0) return end
  }
  return text.length
}
