/** Which part of a decoded text belongs to which token. Knows a decoder only as a function from ids to text. */

type Decode = (ids: readonly number[]) => string

/** What a character decodes to whose bytes are not complete yet. */
const INCOMPLETE = '\uFFFD'

/**
 * Joins tokens until their text is complete. With `hasContext`, what came before is decoded along and cut off again, for decoders that treat
 * the first token of a text in a way of its own.
 */
function piecesByToken(ids: readonly number[], decode: Decode, hasContext: boolean): string[] {
  let context: readonly number[] = []
  let before = ''
  let open: number[] = []
  return ids.map((id, i) => {
    open.push(id)
    const text = decode([...context, ...open])
    if (text.endsWith(INCOMPLETE) && i < ids.length - 1) return ''
    const piece = text.slice(before.length)
    if (hasContext) {
      context = open
      before = decode(context)
    }
    open = []
    return piece
  })
}

/** Compares the texts of all beginnings: right for every decoder, in time that grows with the square of the length. */
function piecesByPrefix(ids: readonly number[], whole: string, decode: Decode): string[] {
  let done = 0
  return ids.map((_, i) => {
    const text = i === ids.length - 1 ? whole : decode(ids.slice(0, i + 1))
    if (text.length <= done || !whole.startsWith(text)) return ''
    const piece = text.slice(done)
    done = text.length
    return piece
  })
}

/** Joined, the pieces are `decode(ids)`. A character of several tokens belongs to the one that completes it. */
export function piecesOf(ids: readonly number[], decode: Decode): string[] {
  const whole = decode(ids)
  const isExact = (pieces: readonly string[]) => pieces.join('') === whole
  const alone = piecesByToken(ids, decode, false)
  if (isExact(alone)) return alone
  const inContext = piecesByToken(ids, decode, true)
  return isExact(inContext) ? inContext : piecesByPrefix(ids, whole, decode)
}
