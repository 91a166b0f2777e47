/** Which server a prompt belongs to: highest random weight (Thaler and Ravishankar 1996), so that a server that leaves or returns moves only its own prompts. */

const OFFSET = 0x811c9dc5
const PRIME = 0x01000193

/** The finaliser of MurmurHash3: similar numbers do not stay similar. */
function finished(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** FNV-1a by number, finished. 32 bits. */
export function hashOf(numbers: Iterable<number>): number {
  let h = OFFSET
  for (const number of numbers) h = Math.imul(h ^ number, PRIME) >>> 0
  return finished(h)
}

export const textHash = (text: string): number => hashOf(Array.from(text, (sign) => sign.codePointAt(0)!))

/** Of the servers that are left, by their hashes, the one for this prompt; -1 if none is. */
export function preferred(affinity: number, servers: readonly number[], isLeft: (server: number) => boolean): number {
  let [best, weight] = [-1, -1]
  servers.forEach((server, i) => {
    if (!isLeft(i)) return
    const own = finished(Math.imul(Math.imul(OFFSET ^ affinity, PRIME) ^ server, PRIME)) // asked for every pair of item and server
    if (own > weight) [best, weight] = [i, own]
  })
  return best
}
