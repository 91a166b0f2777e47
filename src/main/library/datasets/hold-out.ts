/** Holds out part of a dataset for evaluation. Its rows depend only on the seed and on the rows. Knows no files. */
import { createHash } from 'node:crypto'
import type { Example } from '@shared/schemas/dataset'

export interface HeldOut {
  readonly train: readonly Example[]
  readonly held: readonly Example[]
}

const place = (seed: number, key: string): string => createHash('sha256').update(`${seed}\n${key}`).digest('hex')

/**
 * Rows of one group, and rows with the same prompt, stay together, so that no held-out prompt is trained on.
 * @param share of the rows, 0 to 1; whole groups may make it a little more, and at least one group is left for training
 */
export function holdOut(examples: readonly Example[], share: number, seed: number): HeldOut {
  const keyOf = ({ group, prompt }: Example) => (group === undefined ? `prompt ${prompt.trim()}` : `group ${group}`)
  const sizes = new Map<string, number>()
  for (const example of examples) sizes.set(keyOf(example), (sizes.get(keyOf(example)) ?? 0) + 1)
  const places = new Map([...sizes.keys()].map((key) => [key, place(seed, key)]))
  const order = [...sizes.keys()].sort((a, b) => ((places.get(a) ?? '') < (places.get(b) ?? '') ? -1 : 1))
  const taken = new Set<string>()
  for (let rows = 0, i = 0; rows < share * examples.length && i < order.length - 1; i++) {
    const key = order[i] ?? ''
    taken.add(key)
    rows += sizes.get(key) ?? 0
  }
  return {
    train: examples.filter((example) => !taken.has(keyOf(example))),
    held: examples.filter((example) => taken.has(keyOf(example))),
  }
}
