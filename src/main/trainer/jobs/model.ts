/** Opens a model for a job: a folder's weights, optionally with a run's checkpoint. */

import { createPolicy, type Policy } from '@engine/policy/policy'
import { adapterTensors } from '@main/formats/adapter-shapes'
import { precisionOf, widenedAll } from '@main/formats/narrow-weights'
import { readAdapter, readPeftConfig } from '@main/formats/peft'
import { readCheckpoint } from '@main/formats/run-checkpoint'
import { loadBase, loadWeights } from '@main/formats/weights'
import { GpoError } from '@shared/errors'
import { type AdaptationConfig, type Plan, planSchema } from '@shared/schemas/plan'
import type { ModelSource } from '../../workers/job'
import type { OpenModel } from '../session/open-model'
import { openModel } from '../session/session'

export interface JobModel extends OpenModel {
  readonly policy: Policy
  readonly adaptation: AdaptationConfig
}

/** A model as it was loaded, as float32. */
function untrained(model: OpenModel, folder: string): JobModel {
  const adaptation = { kind: 'full' } as const
  const policy = createPolicy(model.backend, model.config, loadWeights(folder, model.config), {
    adaptation,
    seed: 0,
    hasValueHead: false,
    keepsReference: false,
  })
  return { ...model, policy, adaptation }
}

/** A model with an adapter, as float32. */
function withAdapter(model: OpenModel, folder: string, adapter: string): JobModel {
  const { base: _, ...settings } = readPeftConfig(adapter)
  const adaptation = { kind: 'lora', ...settings, base: 'float32' } as const
  const policy = createPolicy(model.backend, model.config, loadWeights(folder, model.config), {
    adaptation,
    seed: 0,
    hasValueHead: false,
    keepsReference: false,
    adapter: readAdapter(adapter, adapterTensors(model.config, settings)),
  })
  return { ...model, policy, adaptation }
}

/**
 * @param isMerged whether `policy.dense()` must be the weights themselves. A 16- or 8-bit base is then widened to float32, with the values that
 *   the run trained with
 */
export async function openJobModel(
  source: ModelSource,
  backend: Plan['backend'],
  { isMerged = false } = {},
): Promise<JobModel> {
  const model = await openModel(source.folder, backend)
  if (source.adapter !== undefined) return withAdapter(model, source.folder, source.adapter)
  if (source.checkpoint === null) return untrained(model, source.folder)
  const { state, groups } = readCheckpoint(source.checkpoint)
  const adaptation = planSchema.shape.adaptation.safeParse(state['adaptation'])
  // A run that only collected kept its starting model.
  if (adaptation.success && state['isTrained'] === false) {
    const from = adaptation.data.kind === 'lora' ? adaptation.data.from : undefined
    return from === undefined ? untrained(model, source.folder) : withAdapter(model, source.folder, from)
  }
  const trainable = groups['trainable']
  if (!adaptation.success || !trainable)
    throw new GpoError('storage', `${source.checkpoint} is not a training checkpoint of this program`)
  const hasValueHead = trainable.has('value_head.weight')
  const base = loadBase(source.folder, model.config, precisionOf(adaptation.data))
  const policy = createPolicy(model.backend, model.config, isMerged ? widenedAll(base) : base, {
    adaptation: adaptation.data,
    seed: 0,
    hasValueHead,
    keepsReference: false,
  })
  policy.restore(trainable)
  return { ...model, policy, adaptation: adaptation.data }
}
