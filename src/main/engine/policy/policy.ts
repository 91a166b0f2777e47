/**
 * The policy: its trained parameters, its frozen ones, and the reference it is compared with. Knows nothing about
 * objectives or optimisers.
 */
import type { AdaptationConfig } from '@shared/schemas/plan'
import { adaptedProjections, loraScale } from '../../formats/adapter-shapes'
import {
  type BaseTensors,
  type HostTensor,
  type HostTensors,
  isNarrowTensor,
  type NarrowTensor,
} from '../../formats/host-tensor'
import type { ModelConfig } from '../../formats/model-config'
import { initLora, LORA_SCALE, mergeLora } from '../model/lora'
import { scaleName } from '../model/params'
import type { Backend, DeviceTensor, DeviceTensors } from '../tensor/backend'

export interface PolicyOptions {
  readonly adaptation: AdaptationConfig
  readonly seed: number
  /** PPO's value head, zero at the start. */
  readonly hasValueHead: boolean
  /** Adapters to start from; they are then part of the reference. */
  readonly adapter?: HostTensors
  /** With full fine-tuning: keep a copy of the initial weights as the reference. With LoRA the reference is always available at no cost. */
  readonly keepsReference: boolean
}

/** Dropout of the adapters' inputs while training. */
export interface AdapterDropout {
  readonly rate: number
  readonly seed: number
  readonly projections: readonly string[]
}

export interface Policy {
  readonly config: ModelConfig
  /** Null without dropout. */
  readonly dropout: AdapterDropout | null
  readonly frozen: DeviceTensors
  /** The trained parameters. `adopt` replaces them all, possibly by the same tensors with new values. */
  readonly trainable: DeviceTensors
  adopt(next: DeviceTensors): void
  /** Parameters for sampling and scoring. Adapters are merged once per update; with a 16- or 8-bit base they stay separate. */
  dense(): Promise<DeviceTensors>
  /** The policy before training: the base, with the adapters that training started from, if any. */
  reference(): DeviceTensors
  /** Trained parameters on the host, for a checkpoint. */
  snapshot(): Promise<Map<string, HostTensor>>
  /** Puts a checkpoint's values back; names and shapes must match. */
  restore(tensors: HostTensors): void
}

const isAdapter = (name: string) => name.includes('.lora_')

/** The backend takes over the arrays, without a copy if it computes in host memory. */
export function uploadAll(
  backend: Backend,
  tensors: Iterable<readonly [string, HostTensor | NarrowTensor]>,
): DeviceTensors {
  const uploaded: Record<string, DeviceTensor> = {}
  for (const [name, tensor] of tensors) {
    if (!isNarrowTensor(tensor)) uploaded[name] = backend.tensor(tensor.data, tensor.shape)
    else {
      uploaded[name] = backend.narrow(tensor.data, tensor.shape)
      if (tensor.scale) uploaded[scaleName(name)] = backend.tensor(tensor.scale, [tensor.shape[0]])
    }
  }
  return uploaded
}

function initialTrainable(config: ModelConfig, weights: BaseTensors, options: PolicyOptions): Map<string, HostTensor> {
  const trainable = new Map<string, HostTensor>()
  if (options.adaptation.kind === 'full') {
    for (const [name, tensor] of weights) {
      if (isNarrowTensor(tensor)) throw new Error(`'${name}' is stored in 16 or 8 bits and cannot be trained`)
      trainable.set(name, options.keepsReference ? { ...tensor, data: tensor.data.slice() } : tensor)
    }
  } else if (options.adapter)
    for (const [name, { shape, data }] of options.adapter) trainable.set(name, { shape, data: data.slice() })
  else
    for (const [name, tensor] of Object.entries(initLora(config, options.adaptation, options.seed)))
      trainable.set(name, tensor)
  if (options.hasValueHead) {
    trainable.set('value_head.weight', { shape: [1, config.hiddenSize], data: new Float32Array(config.hiddenSize) })
    trainable.set('value_head.bias', { shape: [1], data: new Float32Array(1) })
  }
  return trainable
}

function dropoutOf(config: ModelConfig, { adaptation, seed }: PolicyOptions): AdapterDropout | null {
  if (adaptation.kind === 'full' || adaptation.dropout === 0) return null
  const projections = adaptedProjections(config, adaptation).map(({ projection }) => projection)
  return { rate: adaptation.dropout, seed, projections }
}

/**
 * @param weights the base checkpoint under its own names (see model/weights); the policy takes over its arrays, and training changes them
 */
export function createPolicy(
  backend: Backend,
  config: ModelConfig,
  weights: BaseTensors,
  options: PolicyOptions,
): Policy {
  const { adaptation } = options
  const initial = initialTrainable(config, weights, options)
  let trainable: DeviceTensors = uploadAll(backend, initial)
  const base = adaptation.kind === 'lora' || options.keepsReference ? uploadAll(backend, weights) : null
  const frozen: DeviceTensors =
    adaptation.kind === 'lora'
      ? { ...base, [LORA_SCALE]: backend.tensor(Float32Array.of(loraScale(adaptation)), []) }
      : {}
  const beginning: DeviceTensors = options.adapter ? { ...frozen, ...uploadAll(backend, options.adapter) } : {}
  const isBaseNarrow = [...weights.values()].some(isNarrowTensor)
  const merge = backend.program('merge-adapters', mergeLora)
  let dense: DeviceTensors | null = null

  async function fold(): Promise<DeviceTensors> {
    if (adaptation.kind === 'full') return trainable
    // Merging them would need the whole model in float32.
    if (isBaseNarrow) return { ...frozen, ...trainable }
    const touched = new Set(
      Object.keys(trainable)
        .filter(isAdapter)
        .map((name) => name.replace(/\.lora_[AB]\.weight$/, '.weight')),
    )
    const adapters = Object.fromEntries(Object.entries(trainable).filter(([name]) => isAdapter(name)))
    const bases = Object.fromEntries([...touched].map((name) => [name, frozen[name]!]))
    const merged = await merge.run({ ...bases, ...adapters, [LORA_SCALE]: frozen[LORA_SCALE]! })
    const others = Object.entries({ ...frozen, ...trainable }).filter(
      ([name]) => !isAdapter(name) && name !== LORA_SCALE,
    )
    return { ...Object.fromEntries(others), ...merged }
  }

  return {
    config,
    dropout: dropoutOf(config, options),
    frozen,
    get trainable() {
      return trainable
    },
    adopt(next) {
      for (const [name, tensor] of Object.entries(trainable)) if (tensor !== next[name]) backend.dispose(tensor)
      trainable = next
      dense = null
    },
    async dense() {
      dense ??= await fold()
      return dense
    },
    reference() {
      if (!base) throw new Error('this policy was made without a reference')
      return options.adapter ? beginning : base
    },
    async snapshot() {
      const entries = Object.entries(trainable).map(async ([name, tensor]) => {
        const data = ((await backend.read(tensor)) as Float32Array).slice()
        return [name, { shape: tensor.shape, data }] as const
      })
      return new Map(await Promise.all(entries))
    },
    restore(tensors) {
      for (const [name, { shape }] of Object.entries(trainable)) {
        const found = tensors.get(name)?.shape
        if (String(found) !== String(shape))
          throw new Error(`checkpoint tensor '${name}': expected [${shape}], found [${found}]`)
      }
      this.adopt(
        uploadAll(
          backend,
          [...tensors]
            .filter(([name]) => name in trainable)
            .map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]),
        ),
      )
    },
  }
}
