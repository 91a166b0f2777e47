/** AdamW for a backend whose tensors are host arrays: every parameter and both moments are overwritten where they are. */
import { type AdamWConfig, isMatrix } from '../optim/adamw'
import { sumOfSquares, updateInPlace } from '../optim/host-adamw'
import { type Backend, type DeviceTensor, type DeviceTensors, sizeOfShape } from '../tensor/backend'
import { momentsOf, momentTensors, type Optimiser } from './optimiser'

export function createHostOptimiser(backend: Backend, trainable: DeviceTensors, config: AdamWConfig): Optimiser {
  const shapes = Object.entries(trainable).map(([name, { shape }]) => ({ name, shape }))
  const zeros = (): Record<string, Float32Array> =>
    Object.fromEntries(shapes.map(({ name, shape }) => [name, new Float32Array(sizeOfShape(shape))]))
  let m = zeros()
  let v = zeros()
  let steps = 0
  /** Its own memory, as such a backend reads. */
  const memoryOf = async (tensor: DeviceTensor) => (await backend.read(tensor)) as Float32Array

  return {
    get steps() {
      return steps
    },
    async norm(grads) {
      let sum = 0
      for (const { name } of shapes) sum += sumOfSquares(await memoryOf(grads[name]!))
      return Math.sqrt(sum)
    },
    async update(params, grads, gradNorm, learningRate) {
      const step = { step: steps + 1, learningRate, gradNorm }
      for (const { name, shape } of shapes) {
        const [values, own] = [await memoryOf(params[name]!), await memoryOf(grads[name]!)]
        updateInPlace(config, { values, grads: own, m: m[name]!, v: v[name]!, decays: isMatrix(shape) }, step)
      }
      steps++
      return params
    },
    async snapshot() {
      const copied = (arrays: Record<string, Float32Array>) =>
        Object.fromEntries(shapes.map(({ name, shape }) => [name, { shape, data: arrays[name]!.slice() }]))
      return momentTensors({ m: copied(m), v: copied(v) })
    },
    restore(tensors, done) {
      const found = momentsOf(
        tensors,
        shapes.map(({ name }) => name),
      )
      const taken = (tree: (typeof found)['m']) =>
        Object.fromEntries(Object.entries(tree).map(([name, { data }]) => [name, data.slice()]))
      m = taken(found.m)
      v = taken(found.v)
      steps = done
    },
  }
}
