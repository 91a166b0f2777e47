/** A run's trajectories as JSON Lines for a trainer: pairs, labelled completions, or valued steps. */
import type { Store } from '@main/store/query'
import { savedPairs } from '@main/store/saved-pairs'
import type { ExportRequest, ExportRequestOf } from '@shared/contract/exports'
import type { StoredTrajectory } from '@shared/schemas/run'
import { iterationsOf } from './read-run'
import {
  type PairRecord,
  pairsOf,
  type StepwiseRecord,
  sampledStates,
  stepwiseOf,
  type UnpairedRecord,
  unpairedOf,
} from './records'

export type DataRequest = ExportRequestOf<'pairs' | 'unpaired' | 'stepwise'>
export type DataRecord = PairRecord | UnpairedRecord | StepwiseRecord

export const isDataRequest = (request: ExportRequest): request is DataRequest =>
  request.format === 'pairs' || request.format === 'unpaired' || request.format === 'stepwise'

function recordsOf(request: DataRequest, trajectories: readonly StoredTrajectory[]): DataRecord[] {
  switch (request.format) {
    case 'pairs':
      return sampledStates(trajectories, request.states).flatMap((sampled) => pairsOf(sampled, request.perState))
    case 'unpaired':
      return sampledStates(trajectories, request.states).flatMap(unpairedOf)
    case 'stepwise':
      return trajectories.map(stepwiseOf).filter((record) => record !== null)
  }
}

/** The records of a run, in the order its trajectories were made; saved pairs first. @throws GpoError('interrupted') after `signal` */
export async function* runRecords(
  store: Store,
  run: string,
  request: DataRequest,
  signal?: AbortSignal,
  onRead?: (trajectories: number) => void,
): AsyncGenerator<DataRecord, void> {
  const source = request.format === 'pairs' ? request.source : 'recorded'
  if (source !== 'recorded') yield* savedPairs(store, run)
  if (source === 'saved') return
  for await (const trajectories of iterationsOf(store, run, signal, onRead)) yield* recordsOf(request, trajectories)
}

export const lineOf = (record: DataRecord): string => `${JSON.stringify(record)}\n`

const UNITS = { pairs: 'pairs', unpaired: 'rows', stepwise: 'rows' } as const

/** The unit of the count. */
export const unitOf = ({ format }: DataRequest): string => UNITS[format]
