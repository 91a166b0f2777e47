/** Finds an object that names a key twice. JSON.parse keeps the last of the two, so that a damaged header would pass unnoticed. */

/** The index after the closing quote of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let i = start + 1
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1
  return i + 1
}

/** In an object a string is a key when the last punctuation before it is { or a comma. */
interface Level {
  readonly keys: Set<string> | null
  expectsKey: boolean
}

/**
 * One pass over the text, keys compared as JSON reads them (`"a"` is `"\u0061"`).
 * @param text valid JSON
 * @returns the first repeated key, or null
 */
export function findRepeatedKey(text: string): string | null {
  const levels: Level[] = []
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    const level = levels.at(-1)
    if (char === '"') {
      const end = endOfString(text, i)
      if (level?.keys && level.expectsKey) {
        const key = JSON.parse(text.slice(i, end)) as string // a string: the text is valid JSON
        if (level.keys.has(key)) return key
        level.keys.add(key)
        level.expectsKey = false
      }
      i = end - 1
    } else if (char === '{' || char === '[') levels.push({ keys: char === '{' ? new Set() : null, expectsKey: true })
    else if (char === '}' || char === ']') levels.pop()
    else if (char === ',' && level) level.expectsKey = true
  }
  return null
}
