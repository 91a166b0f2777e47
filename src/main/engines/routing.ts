/** Which server a prompt belongs to: highest random weight (Thaler and Ravishankar 1996), so that a server that leaves or returns moves only its own prompts. */

/** FNV-1a, then the finaliser of MurmurHash3, so that similar ids do not have similar hashes. 32 bits. */
export function hashOf(numbers: Iterable<number>, seed = 0x811c9dc5): number {
  let h = seed >>> 0
  for (const number of numbers) h = Math.imul(h ^ number, 0x01000193) >>> 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

export const textHash = (text: string): number => hashOf(Array.from(text, (sign) => sign.codePointAt(0)!))

/** Of the servers that are left, by their hashes, the one for this prompt; -1 if none is. */
export function preferred(affinity: number, servers: readonly number[], isLeft: (server: number) => boolean): number {
  let [best, weight] = [-1, -1]
  servers.forEach((server, i) => {
    if (!isLeft(i)) return
    const own = hashOf([affinity, server])
    if (own > weight) [best, weight] = [i, own]
  })
  return best
}
