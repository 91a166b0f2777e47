/** Which part of a decoded text belongs to which token. Knows a decoder only as a function from ids to text. */

type Decode = (ids: readonly number[]) => string

/** Most tokens that are joined until their text is settled; a character has four bytes. */
const MAX_OPEN = 256
/** Most tokens decoded to compare the texts of beginnings: well under a second. */
const MAX_DECODED = 1_000_000

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
 * @returns null where too many tokens stay open
 */
function piecesByToken(ids: readonly number[], decode: Decode, hasContext: boolean): string[] | null {
  const pieces: string[] = []
  let context: readonly number[] = []
  let open: number[] = []
  let done = 0
  for (const [i, id] of ids.entries()) {
    open.push(id)
    if (open.length > MAX_OPEN) return null
    const text = decode([...context, ...open])
    const certain = i === ids.length - 1 ? text : settled(text)
    pieces.push(certain.slice(done))
    done = Math.max(done, certain.length)
    if (certain === text) {
      context = hasContext ? open : []
      done = decode(context).length
      open = []
    }
  }
  return pieces
}

/** Compares the texts of beginnings: right for every decoder. Of all of them where that is soon done, else tokens share a piece: the last of some has it. */
function piecesByPrefix(ids: readonly number[], whole: string, decode: Decode): string[] {
  const stride = Math.max(1, Math.ceil(ids.length ** 2 / 2 / MAX_DECODED))
  let done = 0
  return ids.map((_, i) => {
    if ((i + 1) % stride !== 0 && i < ids.length - 1) return ''
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
  const isExact = (pieces: readonly string[] | null): pieces is string[] => pieces?.join('') === whole
  const alone = piecesByToken(ids, decode, false)
  if (isExact(alone)) return alone
  const inContext = piecesByToken(ids, decode, true)
  return isExact(inContext) ? inContext : piecesByPrefix(ids, whole, decode)
}
