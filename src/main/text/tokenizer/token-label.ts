/** A token shown alone: the text it stands for, or its bytes where they are only a part of a character. */
import type { TokenLabel } from '@shared/contract/playground'
import type { Tokenizer } from './tokenizer'

const INCOMPLETE = '\uFFFD'

/** SentencePiece's spelling of a byte without a token of its own: `<0xE2>`. */
const BYTE = /^<0x([0-9A-F]{2})>$/i

/** SentencePiece's spelling of a space. */
const SPACE = '\u2581'

/**
 * GPT-2's spelling of bytes as printable characters: those that are printable in Latin-1 stand for themselves, the others, in order, for the
 * characters from U+0100 on (`bytes_to_unicode` in its encoder.py).
 */
const BYTE_OF: ReadonlyMap<string, number> = (() => {
  const isPrintable = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff)
  let next = 0x100
  return new Map(
    Array.from({ length: 256 }, (_, byte) => [String.fromCodePoint(isPrintable(byte) ? byte : next++), byte] as const),
  )
})()

/** The bytes that a token is spelled with; null where it is not spelled in bytes. */
function bytesOf(token: string): number[] | null {
  const single = BYTE.exec(token)?.[1]
  if (single !== undefined) return [Number.parseInt(single, 16)]
  const bytes = Array.from(token, (character) => BYTE_OF.get(character))
  return bytes.every((byte) => byte !== undefined) && bytes.length > 0 ? bytes : null
}

const hex = (byte: number) => byte.toString(16).toUpperCase().padStart(2, '0')

/** "E2 80" for the first two bytes of ’. */
const asBytes = (token: string): TokenLabel => {
  const bytes = bytesOf(token)
  return bytes ? { text: bytes.map(hex).join(' '), isBytes: true } : { text: token, isBytes: false }
}

/** A decoder that drops the space before the first word drops it from every token that is decoded alone. */
const withSpace = (token: string, text: string) =>
  token.startsWith(SPACE) && !text.startsWith(' ') && !text.startsWith(SPACE) ? ` ${text}` : text

/** A name in the vocabulary where the token has no text, as special tokens have none. */
export function labelOf(tokenizer: Pick<Tokenizer, 'decode' | 'tokenOf'>, id: number): TokenLabel {
  const token = tokenizer.tokenOf(id) ?? ''
  const text = tokenizer.decode([id])
  if (text.includes(INCOMPLETE)) return asBytes(token)
  return { text: withSpace(token, text) || token, isBytes: false }
}

/** The tokens of a text in order, each with its part of it; a token that ends within a character shows its bytes. */
export function labelsOf(
  tokenizer: Pick<Tokenizer, 'decode' | 'tokenOf' | 'pieces'>,
  ids: ArrayLike<number>,
): TokenLabel[] {
  const pieces = tokenizer.pieces(ids)
  return Array.from(ids, (id, i) => {
    const text = pieces[i] ?? ''
    return text === '' || text.endsWith(INCOMPLETE) ? labelOf(tokenizer, id) : { text, isBytes: false }
  })
}
