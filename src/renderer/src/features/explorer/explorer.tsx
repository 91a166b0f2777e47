import { Box, Text } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { EmptyState, ErrorState, LoadingRows } from '@renderer/components/states'
import { formatCount } from '@renderer/lib/format'
import type { RunDetails } from '@shared/contract/runs'
import type { ScoredRule } from '@shared/method/critical-step'
import type { TrajectoryFilter, TrajectoryOrder } from '@shared/schemas/run'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { useSearch } from 'wouter'
import classes from './explorer.module.css'
import { Filters } from './filters'
import { FollowStrip } from './follow-strip'
import { PositionsPanel } from './positions-panel'
import { useFollowed, usePositions, useTrajectories, useTrajectory } from './queries'
import { StatePanel } from './state-panel'
import { TrajectoryList } from './trajectory-list'
import { criticalOf, TrajectoryView } from './trajectory-view'

interface ExplorerProps {
  readonly details: RunDetails
  /** The requested trajectory. */
  readonly initial: number | null
}

function initialFilter(search: string): TrajectoryFilter {
  const iteration = new URLSearchParams(search).get('iteration')
  return iteration === null || !/^\d+$/.test(iteration) ? {} : { iteration: Number(iteration) }
}

/** The three columns and their shared state: the selected trajectory, its state, and how it is shown. */
export function Explorer({ details: { run, checkpoints, trajectories: total }, initial }: ExplorerProps) {
  const search = useSearch()
  const [filter, setFilter] = useState<TrajectoryFilter>(() => initialFilter(search))
  const [chosenOrder, setOrder] = useState<TrajectoryOrder | null>(null)
  const positions = usePositions(run.id)
  // By advantage where there are any: trajectories without one, as in a run that guided no prompt, are left out of that order.
  const hasAdvantages = positions.data?.points.length !== 0
  const order = chosenOrder ?? (run.status === 'running' || !hasAdvantages ? 'newest' : 'advantage')
  const [wanted, setWanted] = useState<number | null>(initial)
  const [state, setState] = useState<number | null>(null)
  const [rule, setRule] = useState<ScoredRule | null>(null)
  const [isRaw, setRaw] = useState(false)
  const list = useTrajectories(run.id, filter, order)
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.rows) ?? [], [list.data])
  const selected = wanted ?? rows[0]?.id ?? null
  const { data: trajectory, error } = useTrajectory(selected)
  const followed = useFollowed(run.id, trajectory?.row ?? null)

  const critical = trajectory ? criticalOf(trajectory, rule) : null
  const last = Math.max(0, (trajectory?.steps.length ?? 1) - 1)
  const shownState = Math.min(state ?? critical ?? 0, last)

  const open = useCallback((id: number) => {
    setWanted(id)
    setState(null)
  }, [])
  // The address names the trajectory, so that a reload returns to it; this does not navigate.
  useEffect(() => {
    if (wanted !== null) window.history.replaceState(null, '', `#/explorer/${run.id}/${wanted}`)
  }, [run.id, wanted])

  const move = (by: number) => {
    const at = rows.findIndex(({ id }) => id === selected)
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))]
    if (next) open(next.id)
  }
  useHotkeys([
    ['j', () => setState(Math.min(last, shownState + 1))],
    ['k', () => setState(Math.max(0, shownState - 1))],
    ['h', () => move(-1)],
    ['l', () => move(1)],
    ['c', () => critical !== null && setState(critical)],
  ])

  if (total === 0)
    return (
      <EmptyState
        title="This run has no trajectories"
        text={
          run.objective === 'sft'
            ? 'Supervised fine-tuning samples none: it imitates the data.'
            : 'They appear with its first iteration.'
        }
      />
    )
  return (
    <>
      <Box mb={8}>
        <Filters
          filter={filter}
          order={order}
          onFilter={(next) => {
            setFilter(next)
            setWanted(null)
            setState(null)
          }}
          onOrder={setOrder}
        />
      </Box>
      <Box className={`panes ${classes['grid']}`}>
        <Box className={`${classes['column']} ${classes['list']}`}>
          <Text size="xs" className={`${classes['heading']} quiet`}>
            {list.hasNextPage
              ? `${formatCount(rows.length)} shown, more below`
              : `${formatCount(rows.length)} of ${formatCount(total)} trajectories`}
          </Text>
          {list.error ? (
            <ErrorState error={list.error} onRetry={() => void list.refetch()} />
          ) : list.isPending ? (
            <LoadingRows rows={12} />
          ) : rows.length === 0 ? (
            <Text size="sm" className="quiet" p={12}>
              No trajectory fits these filters.
            </Text>
          ) : (
            <TrajectoryList
              rows={rows}
              selected={selected}
              hasMore={list.hasNextPage && !list.isFetchingNextPage}
              onMore={() => void list.fetchNextPage()}
              onSelect={open}
            />
          )}
        </Box>
        <Box className={`${classes['column']} ${classes['trajectory']}`}>
          {error ? (
            <ErrorState error={error} />
          ) : trajectory ? (
            <TrajectoryView
              trajectory={trajectory}
              state={shownState}
              onState={setState}
              rule={rule}
              onRule={(next) => {
                setRule(next)
                setState(null)
              }}
              isRaw={isRaw}
              onRaw={setRaw}
            />
          ) : (
            selected !== null && <LoadingRows />
          )}
        </Box>
        <Box className={classes['column']}>
          {trajectory && (
            <StatePanel
              key={`${trajectory.id}-${shownState}`}
              run={run.id}
              trajectory={trajectory}
              state={shownState}
              checkpoints={checkpoints}
              isReadOnly={run.isReadOnly}
              isRaw={isRaw}
            />
          )}
        </Box>
        <Box className={classes['bottom']}>
          {trajectory && followed.data && followed.data.length > 0 && (
            <FollowStrip rows={followed.data} selected={trajectory.id} onSelect={open} />
          )}
          {positions.data && <PositionsPanel positions={positions.data} onOpen={open} />}
        </Box>
      </Box>
    </>
  )
}
