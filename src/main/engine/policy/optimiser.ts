/** AdamW for the parameters of a policy: what both kinds of backends have in common, and the two moments in a checkpoint. */
import type { HostTensor, HostTensors } from '../../formats/host-tensor'
import type { DeviceTensors } from '../tensor/backend'

export interface Optimiser {
  /** Steps done. */
  readonly steps: number
  /** √ Σ g² over all gradients. */
  norm(grads: DeviceTensors): Promise<number>
  /** One step; the caller still owns the gradients. @param gradNorm finite */
  update(params: DeviceTensors, grads: DeviceTensors, gradNorm: number, learningRate: number): Promise<DeviceTensors>
  /** `m.NAME` and `v.NAME` for every trained parameter. */
  snapshot(): Promise<Map<string, HostTensor>>
  restore(tensors: HostTensors, steps: number): void
}

type Tree = Readonly<Record<string, HostTensor>>

export interface Moments {
  readonly m: Tree
  readonly v: Tree
}

/** Under the names of a checkpoint. */
export const momentTensors = ({ m, v }: Moments): Map<string, HostTensor> =>
  new Map([
    ...Object.entries(m).map(([name, tensor]) => [`m.${name}`, tensor] as const),
    ...Object.entries(v).map(([name, tensor]) => [`v.${name}`, tensor] as const),
  ])

/** The way back. @throws Error for one that is missing */
export function momentsOf(tensors: HostTensors, names: readonly string[]): Moments {
  const tree = (moment: 'm' | 'v'): Tree =>
    Object.fromEntries(
      names.map((name) => {
        const tensor = tensors.get(`${moment}.${name}`)
        if (!tensor) throw new Error(`the checkpoint has no optimiser state '${moment}.${name}'`)
        return [name, tensor]
      }),
    )
  return { m: tree('m'), v: tree('v') }
}
