/**
 * AdamW as programs of a backend whose tensors are not in host memory: one group of tensors at a time, so that intermediate results exist only for
 * one group.
 */

import { UPDATED_AT_ONCE } from '@shared/engine-limits'
import type { HostTensor } from '../../formats/host-tensor'
import { type AdamWConfig, adamw } from '../optim/adamw'
import { squaredNorm } from '../optim/clip'
import type { Backend, DeviceTensor, DeviceTensors, OnDevice } from '../tensor/backend'
import { disposeReplaced, sizeOfShape } from '../tensor/backend'
import type { Tensors } from '../tensor/tensors'
import type { Scalar } from '../tensor/tf'
import { momentsOf, momentTensors, type Optimiser } from './optimiser'

function groupsOf(tensors: DeviceTensors): string[][] {
  const groups: string[][] = []
  let room = 0
  for (const [name, { shape }] of Object.entries(tensors)) {
    const size = sizeOfShape(shape)
    if (size > room || groups.length === 0) {
      groups.push([])
      room = UPDATED_AT_ONCE
    }
    groups.at(-1)!.push(name)
    room -= size
  }
  return groups
}

const pick = (tensors: DeviceTensors, names: readonly string[]): DeviceTensors =>
  Object.fromEntries(names.map((name) => [name, tensors[name]!]))

interface AdamWStep {
  readonly params: Tensors
  readonly m: Tensors
  readonly v: Tensors
}

interface AdamWStepInput extends AdamWStep {
  readonly grads: Tensors
  readonly learningRate: Scalar
  readonly step: Scalar
  readonly gradNorm: Scalar
}

function stepOf(config: AdamWConfig) {
  const optimiser = adamw(config)
  return ({ m, v, ...input }: AdamWStepInput): AdamWStep => {
    const { params, state } = optimiser.update({ ...input, state: { m, v } })
    return { params, ...state }
  }
}

export function createDeviceOptimiser(backend: Backend, trainable: DeviceTensors, config: AdamWConfig): Optimiser {
  const squares = backend.program('squared-norm', (grads: Tensors) => ({ out: squaredNorm(grads) }))
  const adamwStep = backend.program('adamw', stepOf(config))
  const groups = groupsOf(trainable)
  const zeros = (): Record<string, DeviceTensor> =>
    Object.fromEntries(
      Object.entries(trainable).map(([key, { shape }]) => [
        key,
        backend.tensor(new Float32Array(sizeOfShape(shape)), shape),
      ]),
    )
  let m = zeros()
  let v = zeros()
  let steps = 0

  async function updateGroup(
    params: DeviceTensors,
    grads: DeviceTensors,
    names: readonly string[],
    scalars: Pick<OnDevice<AdamWStepInput>, 'learningRate' | 'step' | 'gradNorm'>,
  ): Promise<DeviceTensors> {
    const old = { params: pick(params, names), m: pick(m, names), v: pick(v, names) }
    const inputs = { ...old, grads: pick(grads, names), ...scalars }
    const next = await adamwStep.run(inputs, { outputs: 'fresh' })
    Object.assign(m, next.m)
    Object.assign(v, next.v)
    disposeReplaced(backend, old.m, m)
    disposeReplaced(backend, old.v, v)
    return next.params
  }

  return {
    get steps() {
      return steps
    },
    async norm(grads) {
      let sum = 0
      for (const names of groups) {
        const { out } = await squares.run(pick(grads, names))
        sum += ((await backend.read(out)) as Float32Array)[0]!
      }
      return Math.sqrt(sum)
    },
    async update(params, grads, gradNorm, learningRate) {
      const scalar = (value: number) => backend.tensor(Float32Array.of(value), [])
      const scalars = { learningRate: scalar(learningRate), step: scalar(steps + 1), gradNorm: scalar(gradNorm) }
      const next: Record<string, DeviceTensor> = {}
      for (const names of groups) Object.assign(next, await updateGroup(params, grads, names, scalars))
      for (const tensor of Object.values(scalars)) backend.dispose(tensor)
      steps++
      return next
    },
    async snapshot() {
      const arrays = async (tree: DeviceTensors) => {
        const read = async ([name, { shape }]: readonly [string, DeviceTensor]) => {
          const data = ((await backend.read(tree[name]!)) as Float32Array).slice()
          return [name, { shape, data }] as const
        }
        return Object.fromEntries(await Promise.all(Object.entries(tree).map(read)))
      }
      return momentTensors({ m: await arrays(m), v: await arrays(v) })
    },
    restore(tensors, done) {
      const found = momentsOf(tensors, Object.keys(trainable))
      const uploaded = (tree: Readonly<Record<string, HostTensor>>) =>
        Object.fromEntries(
          Object.entries(tree).map(([name, { shape, data }]) => [name, backend.tensor(data.slice(), shape)]),
        )
      m = uploaded(found.m)
      v = uploaded(found.v)
      steps = done
    },
  }
}
