/**
 * Reads a LoRA adapter in the layout of PEFT: `adapter_config.json` and `adapter_model.safetensors`. Everything in it is untrusted, and what would
 * change the model in a way that is not computed here is refused by its name.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { GpoError } from '@shared/errors'
import { LORA_TARGETS } from '@shared/schemas/plan'
import type { LoraConfig } from './adapter-shapes'
import { describe, flag, integer, number, readJsonObject } from './config-json'
import type { HostTensor } from './host-tensor'
import { refuseVariants } from './peft-variants'
import { FUSED_PROJECTIONS } from './projections'
import { openSafetensors, type SafetensorsReader } from './safetensors'
import { shown } from './safetensors-header'

export const ADAPTER_CONFIG = 'adapter_config.json'
export const ADAPTER_WEIGHTS = 'adapter_model.safetensors'
const PREFIX = 'base_model.model.'

/** model.layers.0.self_attn.q_proj.lora_A.weight → base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight */
export const peftName = (name: string): string => PREFIX + name

/** The name a tensor of an adapter file has in this program. */
export const ownName = (name: string): string => (name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name)

export interface PeftConfig extends Pick<LoraConfig, 'r' | 'alpha' | 'dropout' | 'rslora' | 'targets'> {
  /** What it was trained on, as its maker named it. */
  readonly base: string | null
}

type Target = LoraConfig['targets'][number]

/** The projections that each name of a module stands for. */
const TARGETS: ReadonlyMap<string, readonly Target[]> = new Map<string, readonly Target[]>([
  ...LORA_TARGETS.map((target) => [target, [target]] as const),
  ...Object.entries(FUSED_PROJECTIONS),
])
const KNOWN = [...TARGETS.keys()].join(', ')

/** `self_attn.q_proj` is q_proj, as PEFT compares the end of a module's name. */
function targetsOf(file: string, value: unknown): Target[] {
  if (value === 'all-linear') return [...LORA_TARGETS]
  if (!Array.isArray(value) || value.length === 0)
    throw new GpoError(
      'model',
      `${file}: "target_modules" is ${describe(value)}, expected a list of names out of ${KNOWN}`,
    )
  const found = value.flatMap((name: unknown) => {
    const targets = TARGETS.get(typeof name === 'string' ? (name.split('.').at(-1) ?? '') : '')
    if (targets) return targets
    throw new GpoError('model', `${file}: "target_modules" names ${describe(name)}; adapters are known on ${KNOWN}`)
  })
  return LORA_TARGETS.filter((target) => found.includes(target))
}

/** @throws GpoError('model') naming file, key and value */
export function readPeftConfig(folder: string): PeftConfig {
  const file = join(folder, ADAPTER_CONFIG)
  if (!existsSync(file))
    throw new GpoError('model', `${folder} has no ${ADAPTER_CONFIG}: choose a folder that PEFT saved an adapter in`)
  const json = readJsonObject(file)
  refuseVariants(file, json)
  const base = json['base_model_name_or_path']
  const r = integer(file, json, 'r', { min: 1, max: 1024, fallback: 8 })
  const alpha = number(file, json, 'lora_alpha', { min: 0, max: 4096, fallback: 8 })
  if (alpha === 0) throw new GpoError('model', `${file}: "lora_alpha" is 0: the adapter would do nothing`)
  const dropout = number(file, json, 'lora_dropout', { min: 0, max: 1, fallback: 0 })
  return {
    ...{ r, alpha, dropout: dropout < 1 ? dropout : 0 },
    rslora: flag(file, json, 'use_rslora'),
    targets: targetsOf(file, json['target_modules']),
    base: typeof base === 'string' && base !== '' ? base.slice(0, 1000) : null,
  }
}

const bracketed = (shape: readonly number[]) => `[${shape.join(', ')}]`

function openWeights(folder: string): SafetensorsReader {
  const file = join(folder, ADAPTER_WEIGHTS)
  if (!existsSync(file) && existsSync(join(folder, 'adapter_model.bin')))
    throw new GpoError(
      'model',
      `${folder} has adapter_model.bin, a pickle, which may run code when it is read. Where you trust it, convert it in Python with peft: PeftModel.from_pretrained(base, FOLDER).save_pretrained(NEW_FOLDER, safe_serialization=True); then use the new folder`,
    )
  if (!existsSync(file)) throw new GpoError('model', `${folder} has no ${ADAPTER_WEIGHTS}: copy the adapter again`)
  return openSafetensors(file)
}

/** Whether it fits: every tensor there in the shape the base asks for, and no other. */
function checkTensors(folder: string, file: SafetensorsReader, expected: ReadonlyMap<string, readonly number[]>): void {
  const stored = new Map(file.names.map((name) => [ownName(name), name]))
  for (const [name, shape] of expected) {
    const own = stored.get(name)
    if (own === undefined)
      throw new GpoError(
        'model',
        `${folder}: the tensor ${peftName(name)} is missing; ${ADAPTER_CONFIG} and the base model ask for it as ${bracketed(shape)}`,
      )
    const found = file.info(own).shape
    if (bracketed(found) === bracketed(shape)) continue
    throw new GpoError(
      'model',
      `${folder}: ${own} is ${bracketed(found)}, the base model and ${ADAPTER_CONFIG} ask for ${bracketed(shape)}: choose the model it was trained on`,
    )
  }
  const extra = [...stored].find(([name]) => !expected.has(name))
  if (extra)
    throw new GpoError(
      'model',
      `${folder} has the tensor ${shown(extra[1])}, for which the base model and ${ADAPTER_CONFIG} have no place: choose the model it was trained on`,
    )
}

function withWeights<T>(folder: string, work: (file: SafetensorsReader) => T): T {
  const file = openWeights(folder)
  try {
    return work(file)
  } finally {
    file.close()
  }
}

/**
 * Headers only.
 * @param expected the adapter's tensors by their own names, see `adapterTensors`
 * @throws GpoError('model') naming the tensor
 */
export const checkAdapter = (folder: string, expected: ReadonlyMap<string, readonly number[]>): void =>
  withWeights(folder, (file) => checkTensors(folder, file, expected))

/** The tensors under the names they have here. @throws GpoError('model') naming the tensor */
export const readAdapter = (
  folder: string,
  expected: ReadonlyMap<string, readonly number[]>,
): Map<string, HostTensor> =>
  withWeights(folder, (file) => {
    checkTensors(folder, file, expected)
    return new Map(
      file.names.map((name) => [ownName(name), { shape: file.info(name).shape, data: file.read(name) }] as const),
    )
  })

/** How many numbers it has. @throws GpoError('model') */
export const adapterParameters = (folder: string): number =>
  withWeights(folder, (file) =>
    file.names.reduce((sum, name) => sum + file.info(name).shape.reduce((a, b) => a * b, 1), 0),
  )
