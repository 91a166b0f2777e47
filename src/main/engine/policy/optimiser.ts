/**
 * AdamW for parameters on a backend: its two moments, and steps that need little extra memory. New values overwrite old ones if the backend can,
 * one group of tensors at a time, so that intermediate results exist only for one group.
 */

import { UPDATED_AT_ONCE } from '@shared/engine-limits'
import type { HostTensor, HostTensors } from '../../formats/host-tensor'
import { type AdamWConfig, adamw } from '../optim/adamw'
import { squaredNorm } from '../optim/clip'
import type { Backend, DeviceTensor, DeviceTensors, OnDevice } from '../tensor/backend'
import { sizeOfShape } from '../tensor/backend'
import type { Tensors } from '../tensor/tensors'
import type { Scalar } from '../tensor/tf'

export interface Optimiser {
  /** Steps done. */
  readonly steps: number
  /** √ Σ g² over all gradients. */
  norm(grads: DeviceTensors): Promise<number>
  /** One step; the caller still owns the gradients. @param gradNorm finite */
  update(params: DeviceTensors, grads: DeviceTensors, gradNorm: number, learningRate: number): Promise<DeviceTensors>
  snapshot(): Promise<Map<string, HostTensor>>
  restore(tensors: HostTensors, steps: number): void
}

/** Disposes what was not kept. */
export function disposeReplaced(backend: Backend, old: DeviceTensors, next: DeviceTensors): void {
  for (const [name, tensor] of Object.entries(old)) if (tensor !== next[name]) backend.dispose(tensor)
}

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

export function createOptimiser(backend: Backend, trainable: DeviceTensors, config: AdamWConfig): Optimiser {
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
    const next = await adamwStep.run(inputs, { outputs: 'fresh', into: old })
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
      const named = (moment: string, tree: DeviceTensors) =>
        Object.entries(tree).map(([key, tensor]) => [`${moment}.${key}`, tensor] as const)
      const entries = [...named('m', m), ...named('v', v)].map(async ([key, tensor]) => {
        const data = ((await backend.read(tensor)) as Float32Array).slice()
        return [key, { shape: tensor.shape, data }] as const
      })
      return new Map(await Promise.all(entries))
    },
    restore(tensors, done) {
      const take = (prefix: string) =>
        Object.fromEntries(
          Object.keys(trainable).map((key) => {
            const tensor = tensors.get(prefix + key)
            if (!tensor) throw new Error(`the checkpoint has no optimiser state '${prefix}${key}'`)
            return [key, backend.tensor(tensor.data.slice(), tensor.shape)]
          }),
        )
      m = take('m.')
      v = take('v.')
      steps = done
    },
  }
}
