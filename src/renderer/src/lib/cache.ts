/**
 * What was read from the program, and what of it is read again after what. oRPC makes the keys, from a procedure's path and its input; a key
 * with a part of the input stands for all reads that have it. No other file writes a key or touches TanStack's client: lint refuses it.
 */
import type { HubKind } from '@shared/contract/hub'
import type { RecordedKind } from '@shared/contract/runs'
import type { BackendFindings, Settings } from '@shared/contract/system'
import type { Plan } from '@shared/schemas/plan'
import type { RunListItem } from '@shared/schemas/run'
import { type InvalidateOptions, type QueryClient, type QueryKey, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { queries } from './api'

/** A read on its way is left to end: one that takes longer than the next record would never end. The run's end reads once more. */
const PATIENT: InvalidateOptions = { cancelRefetch: false }

const detailsOf = (run: string): QueryKey => queries.runs.get.key({ input: { id: run } })
const curvesOf = (run: string): readonly QueryKey[] => [
  queries.runs.series.key({ input: { id: run } }),
  queries.runs.totals.key({ input: { id: run } }),
]
/** Lists of them; a trajectory itself never changes. */
const trajectoriesOf = (run: string): readonly QueryKey[] => [
  queries.explorer.list.key({ input: { run } }),
  queries.explorer.newer.key({ input: { run } }),
  queries.explorer.follow.key({ input: { run } }),
  queries.explorer.positions.key({ input: { run } }),
  queries.explorer.kinds.key({ input: { run } }),
]

/** Functions named for what has happened; each promise ends when what is shown of it has been read again. */
export function cacheOf(client: QueryClient) {
  const again = async (keys: readonly QueryKey[], options: InvalidateOptions = {}): Promise<void> => {
    await Promise.all(keys.map((queryKey) => client.invalidateQueries({ queryKey }, options)))
  }
  return {
    runs: runsOf(client, again),
    studies: studiesOf(again),
    evaluationsChanged: () => again([queries.evaluations.list.key(), queries.evaluations.get.key()]),
    settings: settingsOf(client),
    trajectorySampled: (id: number) => again([queries.explorer.get.key({ input: { id } })]),
    judgedBlind: (run: string) => again([queries.explorer.blindAgreement.key({ input: { run } })]),
    pairSaved: () => again([queries.exports.preview.key()]),
    exportEnded: () => again([queries.exports.destination.key()]),
    modelsChanged: () => again([queries.models.key()]),
    async datasetsChanged() {
      // A list that is still on its way was asked for before the change, and would be taken for the new one.
      await client.cancelQueries({ queryKey: queries.datasets.key() })
      await again([queries.datasets.key()])
    },
    downloaded: (kind: HubKind) => again([(kind === 'model' ? queries.models : queries.datasets).key()]),
    serversChanged: () => again([queries.servers.key()]),
    hubTokenChanged: () => again([queries.hub.key()]),
    connectionLost: () => client.invalidateQueries(),
  }
}

type Again = (keys: readonly QueryKey[], options?: InvalidateOptions) => Promise<void>

function runsOf(client: QueryClient, again: Again) {
  const queryKey = queries.runs.list.queryKey({})
  return {
    /** As it was read; empty before that. */
    list: (): readonly RunListItem[] => client.getQueryData(queryKey) ?? [],
    /** Shows a list as it will be, until it is read again. */
    show(change: (runs: readonly RunListItem[]) => readonly RunListItem[]): void {
      void client.cancelQueries({ queryKey })
      client.setQueryData(queryKey, (runs) => (runs ? change(runs) : runs))
    },
    changed: () => again([queries.runs.list.key(), queries.runs.get.key()]),
    listChanged: () => again([queries.runs.list.key()]),
    detailsChanged: (run: string) => again([detailsOf(run)]),
    recorded: (run: string, kinds: readonly RecordedKind[]) =>
      again(
        [
          detailsOf(run),
          ...(kinds.includes('metrics') ? curvesOf(run) : []),
          ...(kinds.includes('probes') ? [queries.runs.probes.key({ input: { id: run } })] : []),
          ...(kinds.includes('trajectories') ? trajectoriesOf(run) : []),
        ],
        PATIENT,
      ),
    ended: (run: string) => again([...curvesOf(run), ...trajectoriesOf(run)]),
  }
}

/** Problems of a study are asked for while they are shown; a check depends on the library, not on runs. */
const studyReads = (input: { readonly input?: { readonly id: string } }): readonly QueryKey[] => [
  queries.studies.list.key(),
  queries.studies.get.key(input),
  queries.studies.results.key(input),
  queries.studies.problems.key(input),
]

const studiesOf = (again: Again) => ({
  changed: () => again(studyReads({}), PATIENT),
  /** The list has its progress and its verdict. */
  recorded: (id: string) => again(studyReads({ input: { id } }), PATIENT),
})

function settingsOf(client: QueryClient) {
  const queryKey = queries.system.settings.queryKey({})
  return {
    /** As they were read; undefined before that. */
    known: (): Settings | undefined => client.getQueryData(queryKey),
    changed: (settings: Settings) => void client.setQueryData(queryKey, settings),
    backendsMeasured: (findings: BackendFindings) =>
      void client.setQueryData(queries.system.backends.queryKey({}), findings),
  }
}

export type Cache = ReturnType<typeof cacheOf>

export function useCache(): Cache {
  const client = useQueryClient()
  return useMemo(() => cacheOf(client), [client])
}

/** Rates of an earlier run; the key has only what decides which run is like this plan. */
export const ratesOptions = (plan: Plan, isOffline: boolean) =>
  queries.plans.rates.queryOptions({
    input: { plan, isOffline },
    queryKey: [
      ...queries.plans.rates.key(),
      plan.model.path,
      plan.backend,
      plan.adaptation.kind,
      plan.objective.kind,
      plan.gpo.criticalStep,
      plan.data.train.path,
      isOffline,
    ],
  })
