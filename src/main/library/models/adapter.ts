/** Starting a run from an adapter: its settings become the plan's, and it must fit the model. Reads headers only. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { adapterTensors } from '@main/formats/adapter-shapes'
import { readModelConfig } from '@main/formats/model-config'
import { isModel } from '@main/formats/model-files'
import { ADAPTER_CONFIG, checkAdapter, readPeftConfig } from '@main/formats/peft'
import { isBundled, modelPath } from '@main/paths'
import { GpoError } from '@shared/errors'
import { type Plan, planSchema } from '@shared/schemas/plan'
import { shown } from '@shared/shown'
import { cachedRepositories } from '../hub/cache'

const OWN = ['r', 'alpha', 'rslora', 'targets'] as const
const DEFAULTS = planSchema.shape.adaptation.parse({ kind: 'lora' })

/** True if a folder contains an adapter, not a model. */
export const isAdapterFolder = (folder: string): boolean =>
  existsSync(join(folder, ADAPTER_CONFIG)) && !existsSync(join(folder, 'config.json'))

/** The folder of an adapter's base model: as named, or a download of that name; null if it is not here. */
export function baseFolderOf(adapter: string): string | null {
  const { base } = readPeftConfig(adapter)
  if (base === null) return null
  const folder = isBundled(base) ? modelPath(base) : resolve(base)
  if (isModel(folder)) return folder
  return cachedRepositories('model').find(({ id }) => id === base)?.folder ?? null
}

export interface ModelInFolder {
  readonly folder: string
  readonly checkpoint: null
  readonly adapter?: string
}

/** A model's folder, or an adapter's with its base. @throws GpoError('model') if the base is not here */
export function modelInFolder(folder: string): ModelInFolder {
  if (!isAdapterFolder(folder)) return { folder, checkpoint: null }
  const base = baseFolderOf(folder)
  if (base !== null) return { folder: base, checkpoint: null, adapter: folder }
  const name = readPeftConfig(folder).base
  throw new GpoError(
    'model',
    `${folder} is an adapter for ${name === null ? 'a base model that it does not name' : name}, which is not in the list: write the folder of that model into "base_model_name_or_path" of ${ADAPTER_CONFIG}`,
  )
}

const same = (a: unknown, b: unknown) =>
  Array.isArray(a) && Array.isArray(b) ? JSON.stringify(a.toSorted()) === JSON.stringify(b.toSorted()) : a === b

/**
 * The plan with rank, scale and projections of the adapter it starts from; the plan's own values must be the same or the defaults.
 * @throws GpoError('model') for an adapter that cannot be used, ('plan') for a setting that differs from the adapter's
 */
export function withOwnAdapter(plan: Plan): Plan {
  const { adaptation } = plan
  if (adaptation.kind !== 'lora' || adaptation.from === undefined) return plan
  const found = readPeftConfig(adaptation.from)
  for (const key of OWN) {
    const isDefault = DEFAULTS.kind === 'lora' && same(adaptation[key], DEFAULTS[key])
    if (isDefault || same(adaptation[key], found[key])) continue
    throw new GpoError(
      'plan',
      `adaptation.${key} is ${shown(adaptation[key])}, the adapter in ${adaptation.from} has ${shown(found[key])} (${ADAPTER_CONFIG}): leave it out to use the adapter's`,
    )
  }
  const { r, alpha, rslora, targets } = found
  return { ...plan, adaptation: { ...adaptation, r, alpha, rslora, targets } }
}

/** @throws GpoError('model') naming the tensor that does not fit */
export function checkAdapterFits(plan: Plan, modelFolder: string): void {
  const { adaptation } = plan
  if (adaptation.kind !== 'lora' || adaptation.from === undefined) return
  checkAdapter(adaptation.from, adapterTensors(readModelConfig(modelFolder), adaptation))
}

/** A warning if an adapter was trained on another model, which its shapes do not show; else null. */
export function otherBase({ adaptation }: Plan, modelFolder: string): string | null {
  if (adaptation.kind !== 'lora' || adaptation.from === undefined) return null
  const { base } = readPeftConfig(adaptation.from)
  if (base === null || baseFolderOf(adaptation.from) === modelFolder) return null
  return `The adapter in ${adaptation.from} was trained on ${base}; it does not fit other weights.`
}
