/** Opens the store and starts what every host needs. */
import { createEvaluationManager, recoverEvaluations } from '@main/evaluations/manager'
import type { BundleProcessOptions } from '@main/export/bundle-process/client'
import { createTransfers } from '@main/export/transfers'
import { type DatasetProcessOptions, openDatasetProcess } from '@main/library/dataset-process/client'
import { loadDatasetsBy } from '@main/library/datasets/load'
import { previewRowsBy } from '@main/library/datasets/preview'
import { openTextProcess, type TextProcessOptions } from '@main/library/text-work/client'
import { runHere, runTextTasksBy } from '@main/library/text-work/run'
import { databaseFile } from '@main/paths'
import { clearLeftovers } from '@main/runs/leftovers'
import { createRunManager } from '@main/runs/manager'
import { loadInputs, recoverInterrupted } from '@main/runs/prepare'
import { openStore } from '@main/store/open'
import { createStudyManager } from '@main/studies/manager'
import { recoverStudies } from '@main/studies/recover'
import type { Fork } from '@main/workers/fork'
import { createGenerators } from '@main/workers/generators'
import { guarded } from '@shared/guarded'
import packageJson from '../../../package.json'
import { createGrants } from '../api/grants'
import { keysOf } from '../api/servers'
import type { Host, Services } from '../api/services'

/** How long a removed run can be restored, in milliseconds. */
const UNDO_MS = 60 * 60 * 1000
const PURGE_INTERVAL_MS = 10 * 60 * 1000

export interface HostOptions {
  readonly host: Host
  readonly database?: string
  readonly workerPath: string
  readonly jobWorkerPath: string
  /** The process for work on text. Without it that is done here, and code from files can keep the program busy. */
  readonly text?: TextProcessOptions
  /** The process that reads datasets. Without it that is done here. */
  readonly datasets?: DatasetProcessOptions
  /** The process that reads bundles of runs. Without it that is done here. */
  readonly bundles?: BundleProcessOptions
  readonly fork?: Fork
  readonly onBug: (error: unknown) => void
}

export interface Program {
  readonly services: Services
  /** Stops an active run at its next safe point and closes the store. */
  close(): Promise<void>
}

/** @throws {GpoError} 'storage' */
export function createProgram({
  host,
  database,
  workerPath,
  jobWorkerPath,
  text,
  datasets,
  bundles,
  fork,
  onBug,
}: HostOptions): Program {
  const store = openStore(databaseFile(database))
  const texts = text ? openTextProcess(text) : null
  runTextTasksBy(texts?.run ?? runHere)
  const rows = datasets ? openDatasetProcess(datasets) : null
  loadDatasetsBy(rows?.load ?? null)
  previewRowsBy(rows?.page ?? null)
  recoverInterrupted(store)
  recoverStudies(store)
  recoverEvaluations(store)
  clearLeftovers(store, onBug)
  const runs = createRunManager({ store, workerPath, fork, keyOf: keysOf(host), onBug })
  const studies = createStudyManager({ store, runs, jobWorkerPath, fork, onBug })
  const purge = guarded(onBug, () => runs.purge(UNDO_MS)) // a locked database only delays it
  purge()
  const purging = setInterval(purge, PURGE_INTERVAL_MS)
  purging.unref()
  const generators = createGenerators({ workerPath: jobWorkerPath, fork })
  const evaluations = createEvaluationManager({ store, workerPath: jobWorkerPath, fork, onBug })
  const transfers = createTransfers({
    ...{ store, version: packageJson.version, workerPath: jobWorkerPath },
    ...{ fork, bundles, onBug },
    readRows: loadInputs,
  })
  const services: Services = {
    store,
    runs,
    studies,
    evaluations,
    host,
    grants: createGrants(),
    version: packageJson.version,
    jobWorkerPath,
    fork,
    generators,
    transfers,
  }
  return {
    services,
    async close() {
      clearInterval(purging)
      runTextTasksBy(runHere)
      loadDatasetsBy(null)
      previewRowsBy(null)
      // If one cannot end, the others still do: the trainer must not outlive the program.
      for (const part of [
        generators,
        ...(texts ? [texts] : []),
        ...(rows ? [rows] : []),
        transfers,
        evaluations,
        studies,
        runs,
        store,
      ])
        try {
          await part.close()
        } catch (error) {
          onBug(error)
        }
    },
  }
}
