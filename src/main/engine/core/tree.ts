/** Parameter trees: tensors by name. Gradients and optimiser state have the same names. */
import type { Tensor } from '../tensor/tf'

export type ParameterTree = Readonly<Record<string, Tensor>>

/** A tree with the same names, each tensor replaced by `fn(tensor, name)`. */
export function mapTree(tree: ParameterTree, fn: (tensor: Tensor, name: string) => Tensor): ParameterTree {
  return Object.fromEntries(Object.entries(tree).map(([name, tensor]) => [name, fn(tensor, name)]))
}

/** The tensor called `name`; an Error names it when the tree (called `kind` in the message) lacks it. */
export function leaf(tree: ParameterTree, name: string, kind: string): Tensor {
  const tensor = tree[name]
  if (!tensor) throw new Error(`${kind} has no tensor named "${name}"`)
  return tensor
}
