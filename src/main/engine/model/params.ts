/** Parameter trees: flat records of tensors under their checkpoint names. */
import type { Tensor } from '../backend/tf'

export type Params = Readonly<Record<string, Tensor>>

/** `{a: t}` → `{prefix + a: t}`, to pass several trees as the inputs of one program. */
export function withPrefix<T>(prefix: string, tree: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(tree).map(([name, value]) => [prefix + name, value]))
}

/** The entries under a prefix, without it. */
export function underPrefix<T>(prefix: string, tree: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(tree)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  )
}

export function param(params: Params, name: string): Tensor {
  const tensor = params[name]
  if (!tensor) throw new Error(`the parameter '${name}' is missing`)
  return tensor
}
