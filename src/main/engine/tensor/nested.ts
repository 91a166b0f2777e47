/** Nested trees of tensors: records and lists whose leaves are tensors, on a device or while a function runs. Knows no backend. */
import type { Tensor } from './tf'

/** The properties of every leaf, on any backend. */
interface Leaf {
  readonly shape: readonly number[]
  readonly dtype: string
}

/** `T` with every tensor in it replaced by `To`: the same names, the same lists. */
export type Replaced<T, To> = T extends Tensor ? To : { readonly [K in keyof T]: Replaced<T[K], To> }

/** Separates the names in the path of a leaf; no name contains it. */
const SEPARATOR = '/'

const isLeaf = (value: object): value is Leaf => 'dtype' in value && 'shape' in value

/** Leaves by their whole path (`params/lm_head.weight`, `keys/0`), in the tree's order. Absent ones are left out. */
export function flatten<L extends Leaf>(tree: object, path = '', flat: Record<string, L> = {}): Record<string, L> {
  for (const [name, value] of Object.entries(tree)) {
    if (value === undefined || value === null) continue
    if (isLeaf(value))
      flat[path + name] = value as L // a tree holds leaves of one kind
    else flatten(value, path + name + SEPARATOR, flat)
  }
  return flat
}

/** The same tree with every leaf replaced by `replace(path, leaf)`. */
export function mapLeaves(tree: object, replace: (path: string, leaf: Leaf) => unknown, path = ''): unknown {
  const next = (name: string, value: unknown) =>
    isLeaf(value as object)
      ? replace(path + name, value as Leaf)
      : mapLeaves(value as object, replace, path + name + SEPARATOR)
  if (Array.isArray(tree)) return tree.map((value, i) => next(String(i), value))
  const present = Object.entries(tree).filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(present.map(([name, value]) => [name, next(name, value)]))
}
