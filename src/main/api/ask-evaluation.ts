/** From a chosen model and chosen data to the job that evaluates one on the other. */

import type { EvaluateJob } from '@main/evaluations/manager'
import { judgedBy } from '@main/library/datasets/judged'
import { suggestVerifier } from '@main/library/datasets/suggest-verifier'
import type { NewEvaluation } from '@main/store/model-evaluations'
import { askedOf } from '@main/workers/job'
import type { EvaluationData, StoredRequest } from '@shared/contract/evaluations'
import type { ModelReference, PlaygroundModel, RowSource } from '@shared/contract/playground'
import { GpoError } from '@shared/errors'
import type { Dataset } from '@shared/schemas/dataset'
import { inspectGrant, playgroundModels, sourceOf } from './playground-models'
import { type ResolvedSource, readSource, resolveSource, rowSources } from './row-sources'
import type { Services } from './services'
import { settingsOf } from './system'

interface AskedData extends ResolvedSource {
  readonly dataset: Dataset
}

/** Of data in parts, the part that is for evaluation. */
async function askedData({ store }: Services, source: RowSource): Promise<AskedData> {
  const resolved = resolveSource(store, source)
  const part = resolved.part ?? (source.kind === 'library' ? 'evaluation' : undefined)
  return { ...resolved, dataset: await readSource({ ...resolved, part }) }
}

/** @throws GpoError('data') for a dataset that cannot be read */
export async function evaluationData(services: Services, source: RowSource): Promise<EvaluationData> {
  const { dataset, verifier, chatTemplate, maxNewTokens } = await askedData(services, source)
  return {
    rows: dataset.examples.length,
    badRows: dataset.badRowCount,
    verifier: verifier ?? suggestVerifier(dataset.layout, dataset.examples),
    chatTemplate,
    maxNewTokens,
  }
}

const isSame = (one: object, other: object) => JSON.stringify(one) === JSON.stringify(other)

/** @throws GpoError('model') for one that cannot be used, GpoError('notFound') for one that no longer exists */
function askedModel(
  services: Services,
  listed: readonly PlaygroundModel[],
  reference: ModelReference,
): PlaygroundModel {
  const model =
    reference.kind === 'grant'
      ? inspectGrant(services, reference.grant)
      : listed.find((one) => isSame(one.reference, reference))
  if (!model) throw new GpoError('notFound', 'A chosen model is not there any more: choose another.')
  if (model.problem !== null) throw new GpoError('model', `${model.label} cannot be used: ${model.problem}`)
  return model
}

function nameOf(services: Services, source: RowSource, { dataset }: AskedData): string {
  const choice = rowSources(services).find((one) => isSame(one.source, source))
  const name = choice?.label.replace(/^bundled:/, '') ?? 'data'
  return source.kind === 'library' && dataset.part !== null ? `${name} · ${dataset.part}` : name
}

export interface AskedEvaluation {
  readonly record: NewEvaluation
  readonly job: EvaluateJob
}

/**
 * @returns an evaluation for each model
 * @throws GpoError if one of them cannot be made; none is made then
 */
export async function askEvaluations(
  services: Services,
  {
    models,
    source,
    settings,
  }: Pick<StoredRequest, 'source' | 'settings'> & { readonly models: readonly ModelReference[] },
): Promise<AskedEvaluation[]> {
  const data = await askedData(services, source)
  const { dataset, template, chatTemplateName } = data
  const verifier = settings.verifier ?? data.verifier ?? suggestVerifier(dataset.layout, dataset.examples)
  const examples = dataset.examples.slice(0, settings.limit ?? undefined).map((one) => askedOf(judgedBy(verifier, one)))
  if (examples.length === 0) throw new GpoError('data', 'The data has no usable row: choose other data.')
  const { backend } = settingsOf(services.store)
  const listed = playgroundModels(services)
  return models.map((reference) => {
    const model = askedModel(services, listed, reference)
    const chatTemplate = settings.chatTemplate && model.hasChatTemplate
    const { samples, temperature, maxNewTokens, seed } = settings
    return {
      record: {
        model: model.label,
        data: nameOf(services, source, data),
        settings: { ...settings, template, chatTemplate, verifier },
        request: { model: reference, source, settings },
      },
      job: {
        kind: 'evaluate',
        model: sourceOf(services, reference),
        backend,
        ...{ template, chatTemplate, chatTemplateName },
        ...{ examples, verifier, samples, temperature, maxNewTokens, seed },
      },
    }
  })
}
