/** The models that the playground can use: bundled, in the library, from a run, or a folder or file just chosen. */
import { join } from 'node:path'
import type { Services } from '@main/api/services'
import { DEFAULT_TEMPLATE } from '@main/formats/chat-templates'
import { isModel, noModel } from '@main/formats/model-files'
import { getEntry, listEntries } from '@main/library/entries'
import { isAdapterFolder, modelInFolder } from '@main/library/models/adapter'
import { bundledPaths, modelPath } from '@main/paths'
import { listCheckpoints } from '@main/store/checkpoints'
import { listEvaluations } from '@main/store/evaluations'
import type { Store } from '@main/store/query'
import { getRun, listRuns } from '@main/store/runs'
import { chatTemplatesAt } from '@main/text/tokenizer/files'
import type { ModelSource } from '@main/workers/job'
import type { ModelReference, PlaygroundModel } from '@shared/contract/playground'
import { GpoError } from '@shared/errors'
import type { RunSummary } from '@shared/schemas/run'

/** Found from small files, because opening a large tokenizer takes seconds. */
function hasChatTemplate(folder: string): boolean {
  try {
    return chatTemplatesAt(folder).has(DEFAULT_TEMPLATE)
  } catch {
    return false // a broken file is reported when the model is opened
  }
}

const nameOf = (bundledPath: string): string => bundledPath.replace(/^bundled:/, '')

const problemOf = (folder: string): string | null => (isModel(folder) ? null : noModel(folder).message)

/** An adapter uses the files of its base; if the base is not here, the adapter cannot be used. */
function describedFolder(reference: ModelReference, label: string, group: string, folder: string): PlaygroundModel {
  if (!isAdapterFolder(folder)) return described(reference, label, group, folder)
  try {
    return { ...described(reference, label, group, modelInFolder(folder).folder), path: folder }
  } catch (error) {
    if (!(error instanceof GpoError)) throw error
    return { ...described(reference, label, group, folder), problem: error.message }
  }
}

const described = (reference: ModelReference, label: string, group: string, folder: string): PlaygroundModel => ({
  reference,
  label,
  group,
  path: folder,
  base: null,
  hasChatTemplate: hasChatTemplate(folder),
  problem: problemOf(folder),
})

function modelsOfRun(store: Store, { id, name, folder }: RunSummary): PlaygroundModel[] {
  const { plan } = getRun(store, id)
  const base = modelPath(plan.model.path)
  const accuracies = new Map(listEvaluations(store, id).map(({ iteration, accuracy }) => [iteration, accuracy]))
  const group = `Run ${name}`
  const checkpoints = listCheckpoints(store, id).toReversed()
  return checkpoints.map(({ iteration, path }) => {
    const accuracy = accuracies.get(iteration)
    const told = accuracy === undefined ? '' : `, ${(100 * accuracy).toFixed(1)} %`
    const label = `${name} · iteration ${iteration}${told}`
    const model = described({ kind: 'run', id, checkpoint: iteration }, label, group, base)
    return { ...model, path: join(folder, path), base }
  })
}

/** Models that runs started from and that are not listed elsewhere. */
function unlistedBases(listed: readonly PlaygroundModel[]): PlaygroundModel[] {
  const known = new Set(listed.map(({ path }) => path))
  const missing = listed.filter(({ base }) => base !== null && !known.has(base))
  return [...new Map(missing.map((model) => [model.base, model])).values()].flatMap(({ base, reference }) =>
    base !== null && reference.kind === 'run'
      ? [described({ ...reference, checkpoint: null }, base, 'Models of runs', base)]
      : [],
  )
}

/** A run whose plan cannot be read or whose model no longer exists has none. */
function usableModelsOfRun(store: Store, run: RunSummary): PlaygroundModel[] {
  try {
    return modelsOfRun(store, run)
  } catch (error) {
    if (error instanceof GpoError) return []
    throw error
  }
}

export function playgroundModels({ store }: Services): PlaygroundModel[] {
  const bundled = bundledPaths('model').map((path) =>
    described({ kind: 'bundled', name: nameOf(path) }, nameOf(path), 'Bundled', modelPath(path)),
  )
  const added = listEntries(store, 'model').map(({ id, name, path }) =>
    describedFolder({ kind: 'library', id }, name, 'Library', path),
  )
  // A bundle's plan may name paths that nobody here has chosen.
  const own = listRuns(store).filter(({ isReadOnly }) => !isReadOnly)
  const listed = [...bundled, ...added, ...own.flatMap((run) => usableModelsOfRun(store, run))]
  return [...listed, ...unlistedBases(listed)]
}

export function inspectGrant({ grants }: Services, grant: string): PlaygroundModel {
  const folder = grants.take(grant)
  return describedFolder({ kind: 'grant', grant }, folder, 'Chosen', folder)
}

/** @throws GpoError('notFound') for a model that no longer exists */
export function sourceOf({ store, grants }: Services, reference: ModelReference): ModelSource {
  switch (reference.kind) {
    case 'bundled':
      return { folder: modelPath(`bundled:${reference.name}`), checkpoint: null }
    case 'library':
      return modelInFolder(getEntry(store, 'model', reference.id).path)
    case 'grant':
      return modelInFolder(grants.take(reference.grant))
    case 'run': {
      const { plan, folder, isReadOnly } = getRun(store, reference.id)
      if (isReadOnly) throw new GpoError('usage', 'A run from a bundle has no weights here.')
      const base = modelPath(plan.model.path)
      if (reference.checkpoint === null) return { folder: base, checkpoint: null }
      const kept = listCheckpoints(store, reference.id).find(({ iteration }) => iteration === reference.checkpoint)
      if (kept) return { folder: base, checkpoint: join(folder, kept.path) }
      const message = `Run ${reference.id} has no checkpoint of iteration ${reference.checkpoint} any more: choose another.`
      throw new GpoError('notFound', message)
    }
  }
}
