/** JSON text to values: integers beyond 2^53 stay exact as bigint, and Python's NaN and Infinity are read. Knows no files and no layouts. */
import { describeError } from '@shared/errors'
import { beyondLimits, type JsonLimits } from '@shared/json-limits'

const LONG_NUMBER = /\d{16}/
const PYTHON_NUMBER = /NaN|Infinity/

/** Of one record: the longest conversations have a thousandth of it. */
const RECORD: JsonLimits = { depth: 200, values: 1_000_000 }
/** Of a file that is one value, as large as it may be: some hundred megabytes in memory. */
export const WHOLE_FILE: JsonLimits = { depth: 200, values: 10_000_000 }

/** A text that would be far larger in memory than on disk. */
class BeyondLimits extends Error {}

/** Throws SyntaxError, or an error that `jsonProblem` explains where there are too many values or the nesting is too deep. */
export function parseJson(text: string, limits: JsonLimits = RECORD): unknown {
  const beyond = beyondLimits(text, limits)
  if (beyond !== null) throw new BeyondLimits(beyond)
  try {
    return parseStrict(text)
  } catch (error) {
    if (!(error instanceof SyntaxError) || !PYTHON_NUMBER.test(text)) throw error
    return parseStrict(withoutPythonNumbers(text))
  }
}

function parseStrict(text: string): unknown {
  return LONG_NUMBER.test(text) ? JSON.parse(text, exactInteger) : JSON.parse(text)
}

/** NaN becomes null (pandas writes it for missing values), an infinity becomes a number too large for any float. Strings are not changed. */
function withoutPythonNumbers(text: string): string {
  const parts: string[] = []
  let at = 0
  while (at < text.length) {
    const quote = text.indexOf('"', at)
    const end = quote < 0 ? text.length : quote
    parts.push(
      text
        .slice(at, end)
        .replaceAll(/\bNaN\b/g, 'null')
        .replaceAll(/\bInfinity\b/g, '1e999'),
    )
    at = quote < 0 ? end : endOfString(text, quote)
    parts.push(text.slice(end, at))
  }
  return parts.join('')
}

/** The index after the quote that closes the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0
    while (text[at - 1 - backslashes] === '\\') backslashes++
    if (backslashes % 2 === 0) return at + 1
  }
  return text.length
}

/** `context.source` is the number as written (ECMAScript's JSON.parse source text access; absent before Node 21). */
function exactInteger(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const source = context?.source
  return source !== undefined && /^-?\d{1,4000}$/.test(source) ? BigInt(source) : value
}

/** Why a text is not JSON, with only a short quotation. */
export function jsonProblem(error: unknown): string {
  if (error instanceof RangeError) return 'is nested too deeply'
  if (error instanceof BeyondLimits) return `has ${error.message}`
  const message = describeError(error)
  return `is not valid JSON: ${message.replaceAll(/\s+/g, ' ').slice(0, 160)}`
}
