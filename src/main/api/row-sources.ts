/** Data to take rows from: bundled, in the library, or a run's own. */
import type { Services } from '@main/api/services'
import { loadDataset } from '@main/library/datasets/load'
import { getEntry, listEntries } from '@main/library/entries'
import { bundledPaths, datasetPath } from '@main/paths'
import type { Store } from '@main/store/query'
import { getRun, listRuns } from '@main/store/runs'
import type { RowSource, RowSourceChoice } from '@shared/contract/playground'
import { GpoError } from '@shared/errors'
import type { Dataset } from '@shared/schemas/dataset'
import type { DataFile, Plan } from '@shared/schemas/plan'
import { type VerifierConfig, verifierSchema } from '@shared/schemas/verifier'

/** Number of runs whose data is offered, newest first. */
const MAX_RUNS = 50

export function rowSources({ store }: Services): RowSourceChoice[] {
  const own = listRuns(store).filter(({ isReadOnly }) => !isReadOnly)
  const runs = own.slice(0, MAX_RUNS).flatMap(({ id, name }): RowSourceChoice[] => {
    const group = 'Data of runs'
    const train: RowSourceChoice = { source: { kind: 'run', id, part: 'train' }, label: `${name} · training`, group }
    const held: RowSourceChoice = { source: { kind: 'run', id, part: 'eval' }, label: `${name} · held out`, group }
    return getRun(store, id).plan.data.eval ? [held, train] : [train]
  })
  const bundled = bundledPaths('dataset').flatMap((path) =>
    [`${path}/test`, path].map((part): RowSourceChoice => {
      const name = part.replace(/^bundled:/, '')
      return { source: { kind: 'bundled', name }, label: part, group: 'Bundled' }
    }),
  )
  const added = listEntries(store, 'dataset').map(
    ({ id, name }): RowSourceChoice => ({ source: { kind: 'library', id }, label: name, group: 'Library' }),
  )
  return [...bundled, ...added, ...runs]
}

export interface ResolvedSource extends DataFile, Pick<Plan['data'], 'template' | 'chatTemplate' | 'chatTemplateName'> {
  /** Null: the one that suits the data. */
  readonly verifier: VerifierConfig | null
  /** Of the run whose data it is. */
  readonly maxNewTokens: number | null
}

const plain = { template: '{prompt}', chatTemplate: false, verifier: null, maxNewTokens: null }

/** @throws GpoError('notFound') for data that no longer exists */
export function resolveSource(store: Store, source: RowSource): ResolvedSource {
  if (source.kind === 'bundled') return { ...plain, path: `bundled:${source.name}` }
  if (source.kind === 'library') {
    const { path, options } = getEntry(store, 'dataset', source.id)
    const verifier = verifierSchema.safeParse(options['verifier'])
    const columns = options['columns'] as DataFile['columns'] // checked by loadDataset
    return { ...plain, path, columns, verifier: verifier.success ? verifier.data : null }
  }
  const { plan, isReadOnly } = getRun(store, source.id)
  if (isReadOnly) throw new GpoError('usage', 'A run from a bundle has no data here.')
  const file = source.part === 'train' ? plan.data.train : plan.data.eval
  if (!file) throw new GpoError('notFound', `Run ${source.id} has no held-out data.`)
  const { template, chatTemplate, chatTemplateName } = plan.data
  const part = file.part ?? (source.part === 'train' ? undefined : 'evaluation')
  const { verifier, rollout } = plan
  return { ...file, part, template, chatTemplate, chatTemplateName, verifier, maxNewTokens: rollout.maxNewTokens }
}

/** The last dataset, so that turning a page does not read it again. */
let last: { readonly key: string; readonly data: Promise<Dataset> } | null = null

/** @throws GpoError('data') for a dataset that cannot be read */
export function readSource({ path, columns, limit, part, delimiter }: DataFile): Promise<Dataset> {
  const as = { columns, limit, part, delimiter }
  const key = JSON.stringify([path, as])
  if (last?.key !== key) last = { key, data: loadDataset(datasetPath(path), as) }
  const { data } = last
  data.catch(() => {
    last = null
  })
  return data
}
