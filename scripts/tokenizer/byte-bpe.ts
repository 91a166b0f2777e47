/**
 * Byte-level byte-pair encoding learned from a short list of words (Sennrich et al., "Neural Machine Translation of Rare Words with
 * Subword Units", 2016). It knows nothing about files or special tokens.
 */
export type Merge = readonly [string, string]

/** The printable character that stands for each byte in byte-level vocabularies, index = byte (the convention of GPT-2's tokenizer). */
export function byteCharacters(): string[] {
  let next = 256
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : next++))
}

function isPrintable(byte: number): boolean {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff)
}

/** The merges, in order of rank, that make every word one token: the most frequent pair first, of equals the one met first. */
export function learnMerges(words: readonly string[]): Merge[] {
  const characters = byteCharacters()
  let pieces = words.map((word) => Array.from(new TextEncoder().encode(word), (byte) => characters[byte] ?? ''))
  const merges: Merge[] = []
  for (let pair = commonestPair(pieces); pair !== undefined; pair = commonestPair(pieces)) {
    const merge = pair
    merges.push(merge)
    pieces = pieces.map((word) => applyMerge(word, merge))
  }
  return merges
}

function commonestPair(words: readonly (readonly string[])[]): Merge | undefined {
  const counts = new Map<string, { pair: Merge; count: number }>()
  for (const word of words) {
    for (const [i, right] of word.slice(1).entries()) {
      const pair: Merge = [word[i] ?? '', right]
      const key = pair.join(' ')
      counts.set(key, { pair, count: (counts.get(key)?.count ?? 0) + 1 })
    }
  }
  // The sort is stable: of equally frequent pairs the one met first stays first.
  return [...counts.values()].sort((a, b) => b.count - a.count)[0]?.pair
}

function applyMerge(word: readonly string[], [left, right]: Merge): string[] {
  const merged: string[] = []
  for (const piece of word) {
    if (piece === right && merged.at(-1) === left) merged[merged.length - 1] = left + right
    else merged.push(piece)
  }
  return merged
}
