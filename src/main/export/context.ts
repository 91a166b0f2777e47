/** The input and output of every export. */
import type { Store } from '@main/store/query'
import type { Fork } from '@main/workers/fork'
import type { ExportOutcome } from '@shared/contract/exports'
import type { RunRecord } from '@shared/schemas/run'

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
  readonly fork?: Fork
  readonly signal?: AbortSignal
  readonly onProgress: (label: string, done: number, total: number) => void
}

export type WrittenExport = Pick<ExportOutcome, 'bytes' | 'count' | 'unit' | 'maxDifference' | 'verified'>
