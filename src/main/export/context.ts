/** The input and output of every export. */
import type { Store } from '@main/store/query'
import type { Fork } from '@main/workers/fork'
import type { ExportOutcome } from '@shared/contract/exports'
import type { Example } from '@shared/schemas/dataset'
import type { Plan } from '@shared/schemas/plan'
import type { RunRecord } from '@shared/schemas/run'

/** Reads the rows that a run trains on and is evaluated on. */
export type ReadRows = (plan: Plan) => Promise<{
  readonly train: readonly Example[]
  readonly evaluation: readonly Example[]
}>

export interface ExportContext {
  readonly store: Store
  readonly run: RunRecord
  /** Absolute. */
  readonly out: string
  /** A file of that name may be replaced. */
  readonly replaces: boolean
  readonly trajectories: number
  /** Of this program. */
  readonly version: string
  readonly workerPath: string
  readonly readRows: ReadRows
  readonly fork?: Fork
  readonly signal?: AbortSignal
  readonly onProgress: (label: string, done: number, total: number) => void
}

export type WrittenExport = Pick<ExportOutcome, 'bytes' | 'count' | 'unit' | 'maxDifference' | 'verified'>
