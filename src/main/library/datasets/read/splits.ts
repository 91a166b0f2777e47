/** The parts that sets are kept in, as the field names them in files, folders and wrappers. Knows no files. */

const WORDS: Readonly<Record<string, string>> = {
  train: 'train',
  training: 'train',
  validation: 'validation',
  valid: 'validation',
  val: 'validation',
  dev: 'validation',
  test: 'test',
  testing: 'test',
  eval: 'test',
  evaluation: 'test',
}

/** The part a word names; null where it names none. */
export function partOfWord(word: string): string | null {
  const key = word.trim().toLowerCase()
  return Object.hasOwn(WORDS, key) ? (WORDS[key] ?? null) : null
}

/** The part that a file's or folder's name holds as a word of its own: `train-00000-of-00001`, `gsm8k_test`; null where it names none. */
export function partOfName(name: string): string | null {
  const parts = name.split(/[^\p{L}]+/u).flatMap((word) => partOfWord(word) ?? [])
  return parts.at(-1) ?? null
}

/** What a run trains on, where a set has several parts. */
export function trainingPart(parts: readonly string[]): string | null {
  return parts.includes('train') || parts.length === 0 ? (parts.length === 0 ? null : 'train') : (parts[0] ?? null)
}

/** What a run is evaluated on; null where a set has only its training part. */
export function evaluationPart(parts: readonly string[]): string | null {
  const held = parts.filter((part) => part !== trainingPart(parts))
  return ['test', 'validation'].find((part) => held.includes(part)) ?? held[0] ?? null
}
