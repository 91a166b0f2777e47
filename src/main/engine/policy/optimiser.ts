/**
 * AdamW over parameters on a backend: its two moments, and steps that need little memory beside them. New values are written over old ones where the
 * backend can, a group of tensors at a time, so that what a step computes on the way is never there for all of them.
 */

import { UPDATED_AT_ONCE } from '@shared/engine-limits'
import type { HostTensor, HostTensors } from '../../formats/host-tensor'
import { underPrefix, withPrefix } from '../model/params'
import { type AdamWConfig, adamw } from '../optim/adamw'
import { squaredNorm } from '../optim/clip'
import type { Backend, DeviceTensor, DeviceTensors } from '../tensor/backend'
import { sizeOfShape } from '../tensor/backend'
import type { Tensors } from '../tensor/tensors'
import type { Scalar } from '../tensor/tf'

export interface Optimiser {
  /** Steps done. */
  readonly steps: number
  /** √ Σ g² over all gradients. */
  norm(grads: DeviceTensors): Promise<number>
  /** One step; the gradients stay the caller's. @param gradNorm finite */
  update(params: DeviceTensors, grads: DeviceTensors, gradNorm: number, learningRate: number): Promise<DeviceTensors>
  snapshot(): Promise<Map<string, HostTensor>>
  restore(tensors: HostTensors, steps: number): void
}

/** Gives back what was not kept. */
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

function step(config: AdamWConfig) {
  const optimiser = adamw(config)
  return (inputs: Tensors): Tensors => {
    const { params, state } = optimiser.update({
      params: underPrefix('param.', inputs),
      grads: underPrefix('grad.', inputs),
      state: { m: underPrefix('m.', inputs), v: underPrefix('v.', inputs) },
      learningRate: inputs['learningRate'] as Scalar,
      step: inputs['step'] as Scalar,
      gradNorm: inputs['gradNorm'] as Scalar,
    })
    return { ...withPrefix('param.', params), ...withPrefix('m.', state.m), ...withPrefix('v.', state.v) }
  }
}

export function createOptimiser(backend: Backend, trainable: DeviceTensors, config: AdamWConfig): Optimiser {
  const squares = backend.program('squared-norm', (grads) => ({ out: squaredNorm(grads) }))
  const adamwStep = backend.program('adamw', step(config))
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
    scalars: DeviceTensors,
  ): Promise<DeviceTensors> {
    const old = {
      ...withPrefix('param.', pick(params, names)),
      ...withPrefix('m.', pick(m, names)),
      ...withPrefix('v.', pick(v, names)),
    }
    const inputs = { ...old, ...withPrefix('grad.', pick(grads, names)), ...scalars }
    const out = await adamwStep.run(inputs, { outputs: 'fresh', into: old })
    const { m: oldM, v: oldV } = { m: pick(m, names), v: pick(v, names) }
    Object.assign(m, underPrefix('m.', out))
    Object.assign(v, underPrefix('v.', out))
    disposeReplaced(backend, oldM, m)
    disposeReplaced(backend, oldV, v)
    return underPrefix('param.', out)
  }

  return {
    get steps() {
      return steps
    },
    async norm(grads) {
      let sum = 0
      for (const names of groups) {
        const { out } = await squares.run(pick(grads, names))
        sum += ((await backend.read(out!)) as Float32Array)[0]!
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
      const entries = [...Object.entries(withPrefix('m.', m)), ...Object.entries(withPrefix('v.', v))].map(
        async ([key, tensor]) => {
          const data = ((await backend.read(tensor)) as Float32Array).slice()
          return [key, { shape: tensor.shape, data }] as const
        },
      )
      return new Map(await Promise.all(entries))
    },
    restore(tensors, done) {
      const take = (prefix: string) =>
        Object.fromEntries(
          Object.keys(trainable).map((key) => {
            const tensor = tensors.get(prefix + key)
            if (!tensor) throw new Error(`the checkpoint lacks the optimiser state '${prefix}${key}'`)
            return [key, backend.tensor(tensor.data.slice(), tensor.shape)]
          }),
        )
      m = take('m.')
      v = take('v.')
      steps = done
    },
  }
}
