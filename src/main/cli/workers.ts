/** The processes that compute, as commands start them. */
import { join } from 'node:path'
import { type Fork, forkWorker } from '@main/workers/fork'
import { DEFAULT_PORT, INSPECT_FLAG, inspected, parsePort } from '@main/workers/inspect'
import { Option } from 'commander'

/** Paths of the built worker processes, beside this program's own file. */
export const TRAINER = join(import.meta.dirname, 'worker.cjs')
export const JOB_WORKER = join(import.meta.dirname, 'job-worker.cjs')
export const BUNDLE_WORKER = join(import.meta.dirname, 'bundle-worker.cjs')
export const DATASET_WORKER = join(import.meta.dirname, 'dataset-worker.cjs')
export const TEXT_WORKER = join(import.meta.dirname, 'text-worker.cjs')

export interface InspectFlags {
  readonly inspectTrainer?: number
  readonly inspectTrainerBrk?: number
}

const portOption = (flag: string, what: string) =>
  new Option(`${flag} [port]`, what).preset(String(DEFAULT_PORT)).argParser(parsePort)

export const inspectOptions = (): readonly Option[] => [
  portOption(INSPECT_FLAG, 'the processes that compute can be debugged; says where'),
  portOption(`${INSPECT_FLAG}-brk`, 'the same, and they wait for the debugger'),
]

/** @param say tells a person where to attach */
export function forkOf(flags: InspectFlags, say: (text: string) => void): Fork {
  const { inspectTrainer, inspectTrainerBrk } = flags
  const port = inspectTrainerBrk ?? inspectTrainer
  return port === undefined ? forkWorker : inspected(forkWorker, { port, waits: inspectTrainerBrk !== undefined }, say)
}
