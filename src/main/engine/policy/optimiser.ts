/**
 * AdamW for parameters on a backend: its two moments, and steps that need little extra memory. New values overwrite old ones if the backend can,
 * one group of tensors at a time, and large tensors some rows at a time, so that intermediate results exist only for one group.
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

/** A tensor, or some of its rows. */
interface Part {
  readonly name: string
  /** Absent: the whole tensor. */
  readonly rows?: { readonly start: number; readonly count: number }
}

/** Whole where a tensor is small or the backend has no rows. */
function partsOf(name: string, shape: readonly number[], hasRows: boolean): Part[] {
  const [rows = 1, ...rest] = shape
  const count = Math.max(1, Math.floor(UPDATED_AT_ONCE / sizeOfShape(rest)))
  if (!hasRows || count >= rows) return [{ name }]
  return Array.from({ length: Math.ceil(rows / count) }, (_, i) => ({
    name,
    rows: { start: i * count, count: Math.min(count, rows - i * count) },
  }))
}

/** Parts that are updated together: as many as `UPDATED_AT_ONCE` allows, at least one. Rows of large tensors are alone. */
function groupsOf(tensors: DeviceTensors, hasRows: boolean): Part[][] {
  const parts = Object.entries(tensors).flatMap(([name, { shape }]) => partsOf(name, shape, hasRows))
  const groups = parts.filter(({ rows }) => rows).map((part) => [part])
  let small: Part[] = []
  let room = 0
  for (const part of parts.filter(({ rows }) => !rows)) {
    const size = sizeOfShape(tensors[part.name]!.shape)
    if (size > room || small.length === 0) {
      small = []
      groups.push(small)
      room = UPDATED_AT_ONCE
    }
    small.push(part)
    room -= size
  }
  return groups
}

/** The parts as tensors, by their number: groups of equal shapes then share one compiled program. */
const pick = (backend: Backend, tensors: DeviceTensors, parts: readonly Part[]): DeviceTensors =>
  Object.fromEntries(
    parts.map(({ name, rows }, i) => {
      const tensor = tensors[name]!
      return [i, rows ? backend.rows!(tensor, rows.start, rows.count) : tensor] // parts of rows exist only where the backend has them
    }),
  )

/** The whole tensors among them, by name again. */
const wholeOf = (parts: readonly Part[], picked: DeviceTensors): DeviceTensors =>
  Object.fromEntries(parts.flatMap(({ name, rows }, i) => (rows ? [] : [[name, picked[i]!]])))

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
  const groups = groupsOf(trainable, backend.rows !== undefined)
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

  /** The new values of what is updated whole; rows are overwritten. */
  async function updateGroup(
    params: DeviceTensors,
    grads: DeviceTensors,
    parts: readonly Part[],
    scalars: Pick<OnDevice<AdamWStepInput>, 'learningRate' | 'step' | 'gradNorm'>,
  ): Promise<DeviceTensors> {
    const of = (tensors: DeviceTensors) => pick(backend, tensors, parts)
    const old = { params: of(params), m: of(m), v: of(v) }
    const next = await adamwStep.run({ ...old, grads: of(grads), ...scalars }, { outputs: 'fresh', into: old })
    Object.assign(m, wholeOf(parts, next.m))
    Object.assign(v, wholeOf(parts, next.v))
    disposeReplaced(backend, wholeOf(parts, old.m), m)
    disposeReplaced(backend, wholeOf(parts, old.v), v)
    return wholeOf(parts, next.params)
  }

  return {
    get steps() {
      return steps
    },
    async norm(grads) {
      let sum = 0
      for (const parts of groups) {
        const { out } = await squares.run(pick(backend, grads, parts))
        sum += ((await backend.read(out)) as Float32Array)[0]!
      }
      return Math.sqrt(sum)
    },
    async update(params, grads, gradNorm, learningRate) {
      const scalar = (value: number) => backend.tensor(Float32Array.of(value), [])
      const scalars = { learningRate: scalar(learningRate), step: scalar(steps + 1), gradNorm: scalar(gradNorm) }
      const next: Record<string, DeviceTensor> = { ...params }
      for (const parts of groups) Object.assign(next, await updateGroup(params, grads, parts, scalars))
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
