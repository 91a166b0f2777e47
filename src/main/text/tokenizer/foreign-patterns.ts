/** The time that regular expressions of a tokenizer.json may take. The file is untrusted, and a short pattern can need exponential time. */
import { GpoError } from '@shared/errors'
import { PRE_TOKENIZERS } from '../../formats/gguf/pre-tokenizers'
import { withinTime } from '../time-limit'

/** Of the usual tokenizers: their time grows with the length of the text, so they need no limit. */
const USUAL: ReadonlySet<unknown> = new Set([...PRE_TOKENIZERS.values()].flatMap(({ patterns }) => patterns))

/** Wall-clock time, for any text and for each of its characters. */
const LIMIT_MS = 3000
const MS_PER_CHARACTER = 0.02

/** The regular expressions in a part of a tokenizer.json that are none of the usual ones. */
export function foreignPatterns(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return []
  const own = 'Regex' in part && typeof part.Regex === 'string' && !USUAL.has(part.Regex) ? [part.Regex] : []
  return [...own, ...Object.values(part).flatMap(foreignPatterns)]
}

/**
 * `work` on texts, or on other things with a length, interrupted where it takes too long.
 * @param file named in errors
 * @returns `work` itself where there are no patterns: a limit costs a tenth of a millisecond
 */
export function limitedBy<In extends { readonly length: number }, Rest extends readonly unknown[], Out>(
  file: string,
  patterns: readonly string[],
  work: (input: In, ...rest: Rest) => Out,
): (input: In, ...rest: Rest) => Out {
  if (patterns.length === 0) return work
  return (input, ...rest) => {
    const limit = Math.round(LIMIT_MS + input.length * MS_PER_CHARACTER)
    const done = withinTime(limit, () => work(input, ...rest))
    if (done !== 'timeout') return done.value
    const shown = patterns.map((pattern) => JSON.stringify(pattern.slice(0, 100))).join(', ')
    throw new GpoError(
      'model',
      `${file} needs over ${limit} ms for ${input.length} characters or tokens, probably because of its regular expression ${shown.slice(0, 300)}: use the tokenizer that the model's authors publish`,
    )
  }
}
