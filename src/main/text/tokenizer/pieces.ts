/** Which part of a decoded text belongs to which token. Knows a decoder only as a function from ids to text. */

type Decode = (ids: readonly number[]) => string

/** What bytes decode to that are no whole character, or not yet. */
const INCOMPLETE = '\uFFFD'

/** The part of a text that later tokens cannot change. */
function settled(text: string): string {
  let end = text.length
  while (text[end - 1] === INCOMPLETE) end--
  return text.slice(0, end)
}

/**
 * Joins tokens until their text is settled. With `hasContext`, what came before is decoded along and cut off again, for decoders that treat
 * the first token of a text in a way of its own.
 */
function piecesByToken(ids: readonly number[], decode: Decode, hasContext: boolean): string[] {
  let context: readonly number[] = []
  let open: number[] = []
  let done = 0
  return ids.map((id, i) => {
    open.push(id)
    const text = decode([...context, ...open])
    const certain = i === ids.length - 1 ? text : settled(text)
    const piece = certain.slice(done)
    done = Math.max(done, certain.length)
    if (certain === text) {
      context = hasContext ? open : []
      done = decode(context).length
      open = []
    }
    return piece
  })
}

/** Compares the texts of all beginnings: right for every decoder, in time that grows with the square of the length. */
function piecesByPrefix(ids: readonly number[], whole: string, decode: Decode): string[] {
  let done = 0
  return ids.map((_, i) => {
    const text = i === ids.length - 1 ? whole : settled(decode(ids.slice(0, i + 1)))
    if (text.length <= done || !whole.startsWith(text)) return ''
    const piece = whole.slice(done, text.length)
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
