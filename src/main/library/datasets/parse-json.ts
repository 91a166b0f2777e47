/** JSON text to values, with integers beyond 2^53 kept exact as bigint. Knows no files and no layouts. */

const LONG_NUMBER = /\d{16}/

/** Throws SyntaxError, or RangeError where the nesting is too deep. */
export function parseJson(text: string): unknown {
  return LONG_NUMBER.test(text) ? JSON.parse(text, exactInteger) : JSON.parse(text)
}

/** `context.source` is the number as written (ECMAScript's JSON.parse source text access; absent before Node 21). */
function exactInteger(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const source = context?.source
  return source !== undefined && /^-?\d{1,4000}$/.test(source) ? BigInt(source) : value
}

/** Why a text is no JSON, without quoting more than a little of it. */
export function jsonProblem(error: unknown): string {
  if (error instanceof RangeError) return 'is nested too deeply'
  const message = error instanceof Error ? error.message : String(error)
  return `is not valid JSON: ${message.replaceAll(/\s+/g, ' ').slice(0, 160)}`
}
