/** The usual names of a dataset's parts in files, folders and wrappers. Knows no files. */

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

/** The part that a word names; null if it names none. */
export function partOfWord(word: string): string | null {
  const key = word.trim().toLowerCase()
  return Object.hasOwn(WORDS, key) ? (WORDS[key] ?? null) : null
}

/** The part that a file's or folder's name contains as a separate word: `train-00000-of-00001`, `gsm8k_test`; null if there is none. */
export function partOfName(name: string): string | null {
  const parts = name.split(/[^\p{L}]+/u).flatMap((word) => partOfWord(word) ?? [])
  return parts.at(-1) ?? null
}

/** The training part of a dataset with several parts. */
export function trainingPart(parts: readonly string[]): string | null {
  return parts.includes('train') || parts.length === 0 ? (parts.length === 0 ? null : 'train') : (parts[0] ?? null)
}

/** The evaluation part; null if a dataset has only a training part. */
export function evaluationPart(parts: readonly string[]): string | null {
  const held = parts.filter((part) => part !== trainingPart(parts))
  return ['test', 'validation'].find((part) => held.includes(part)) ?? held[0] ?? null
}
