/** Shape asserts for the first line of a function. A wrong shape is a bug of the caller, so it throws a plain Error. */
import type { Tensor } from '../tensor/tf'

/** Throws unless `tensor` has exactly the shape `expected`; the message names the tensor and both shapes. */
export function assertShape(name: string, tensor: Tensor, expected: readonly number[]): void {
  const found = tensor.shape
  const isEqual = found.length === expected.length && expected.every((size, axis) => size === found[axis])
  if (!isEqual) throw new Error(`${name}: expected shape [${expected.join(', ')}], found [${found.join(', ')}]`)
}

/** Throws unless all `tensors` have rank `rank` and the shape of the first one. `where` is the function that asserts. */
export function assertSameShape(where: string, rank: number, tensors: Readonly<Record<string, Tensor>>): void {
  let expected: readonly number[] | undefined
  for (const [name, tensor] of Object.entries(tensors)) {
    if (tensor.rank !== rank) {
      throw new Error(`${where}: ${name}: expected rank ${rank}, found shape [${tensor.shape.join(', ')}]`)
    }
    expected ??= tensor.shape
    assertShape(`${where}: ${name}`, tensor, expected)
  }
}
