/** What a run's trainer printed and threw. */
import { trainerLog } from '@main/paths'
import { readLog } from '@main/workers/log'
import type { RunLog } from '@shared/contract/runs'
import type { RunSummary } from '@shared/schemas/run'

/** The end of the log; all of it if `maxBytes` is omitted. */
export function runLog({ folder }: Pick<RunSummary, 'folder'>, maxBytes?: number): RunLog {
  const file = trainerLog(folder)
  return { file, ...readLog(file, maxBytes) }
}
