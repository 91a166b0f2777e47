/**
 * What the index of words (migration 13) gets and is asked. It takes letters and digits for words and ignores everything else, but 3+4 is not 3-4,
 * and Chinese has no spaces: so every sign, and every letter of a script without spaces, is given to it as a word of its own.
 */
import { GpoError } from '@shared/errors'

/** Characters. */
const MAX_TEXT = 1000

const SPACELESS =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}'
const ALONE = new RegExp(`[${SPACELESS}]|[^\\p{L}\\p{N}\\p{M}\\s]`, 'gu')
/** The words that the index sees: a sign, a letter of a script without spaces, or letters and digits together. */
const TOKEN = new RegExp(`[${SPACELESS}]|[^\\p{L}\\p{N}\\p{M}\\s]|(?:(?![${SPACELESS}])[\\p{L}\\p{N}\\p{M}])+`, 'gu')
const LETTER = /[\p{L}\p{N}]/u

/** Code points for private use count as letters; two signs that share one are found together. */
const PRIVATE = 0xe000
const PRIVATE_SIZE = 6400

const asWord = (sign: string): string =>
  LETTER.test(sign) ? ` ${sign} ` : ` ${String.fromCodePoint(PRIVATE + (sign.codePointAt(0)! % PRIVATE_SIZE))} `

export const searchable = (text: string): string => text.replace(ALONE, asWord)

/**
 * What must all be found, each as its words in this order: a part in double quotes, or what stands between spaces.
 * @throws {GpoError} 'usage' for a text that is too long
 */
export function searchParts(text: string): string[] {
  if (text.length > MAX_TEXT)
    throw new GpoError('usage', `The text to look for has ${text.length} characters: shorten it to ${MAX_TEXT}.`)
  const parts = [...text.matchAll(/"([^"]*)"?|[^\s"]+/g)].map(([part, quoted]) => quoted ?? part)
  return parts.filter((part) => part.trim() !== '')
}

export const wordsOf = (part: string): readonly string[] => part.match(TOKEN) ?? []

/**
 * All parts, in any order and in any case; the last word may be unfinished.
 * @returns null for a text without any
 */
export function wordQuery(text: string): string | null {
  const parts = searchParts(text)
  if (parts.length === 0) return null
  const isOpen = /[\p{L}\p{N}]$/u.test(text)
  return parts.map((part, i) => `"${searchable(part)}"${isOpen && i === parts.length - 1 ? ' *' : ''}`).join(' AND ')
}
