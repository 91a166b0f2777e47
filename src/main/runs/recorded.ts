/** What a trajectory was sampled with: the row of the data, and the weights of a checkpoint. */
import { loadDataset } from '@main/library/datasets/load'
import { datasetPath, modelPath } from '@main/paths'
import { checkpointPath } from '@main/paths/run-folder'
import { listCheckpoints } from '@main/store/checkpoints'
import type { Store } from '@main/store/query'
import { getRun } from '@main/store/runs'
import type { ModelSource } from '@main/workers/job'
import { GpoError } from '@shared/errors'
import type { Example } from '@shared/schemas/dataset'
import type { RunRecord } from '@shared/schemas/run'

/**
 * A run whose model and data may be opened: those of a bundle are only named in it, and nobody here has chosen them.
 * @throws {GpoError} 'usage' for a run from a bundle
 */
export function runWithFiles(store: Store, id: string): RunRecord {
  const run = getRun(store, id)
  if (!run.isReadOnly) return run
  throw new GpoError(
    'usage',
    'A run from a bundle has neither its model nor its data here: sample in the program that trained it.',
  )
}

/** The row as the run read it: its prompt may contain more than the displayed text. */
export async function exampleOf({ plan }: RunRecord, row: number): Promise<Example> {
  const { path, ...as } = plan.data.train
  const { examples } = await loadDataset(datasetPath(path), as)
  const example = examples.find((one) => one.row === row)
  if (example) return example
  throw new GpoError('data', `${path} no longer has a usable row ${row}: the file changed since the run.`)
}

function checkpointFolder(store: Store, run: RunRecord, iteration: number | null): string | null {
  if (iteration === null) return null
  const found = listCheckpoints(store, run.id).find((one) => one.iteration === iteration)
  if (found) return checkpointPath(store.file, run.id, found.path)
  throw new GpoError('notFound', `Run ${run.id} keeps no checkpoint of iteration ${iteration}: choose another.`)
}

/** @param checkpoint its iteration; null: the model before training. @throws {GpoError} 'notFound' */
export const modelAt = (store: Store, run: RunRecord, checkpoint: number | null): ModelSource => ({
  folder: modelPath(run.plan.model.path),
  checkpoint: checkpointFolder(store, run, checkpoint),
})
