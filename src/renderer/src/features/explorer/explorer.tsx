import { Anchor, Box, Group, Text } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { EmptyState, ErrorState, LoadingRows } from '@renderer/components/states'
import { formatCount } from '@renderer/lib/format'
import { useLive } from '@renderer/lib/live'
import { nothingYet } from '@renderer/lib/nothing-yet'
import type { PromptElsewhere } from '@shared/contract/explorer'
import type { RunDetails } from '@shared/contract/runs'
import type { ScoredRule } from '@shared/method/critical-step'
import type { TrajectoryFilter, TrajectoryOrder } from '@shared/schemas/run'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { useSearch } from 'wouter'
import classes from './explorer.module.css'
import { Filters } from './filters'
import { FollowStrip } from './follow-strip'
import { PositionsPanel } from './positions-panel'
import { useElsewhere, useFollowed, usePositions, useTrajectories, useTrajectory } from './queries'
import { StatePanel } from './state-panel'
import { TrajectoryList } from './trajectory-list'
import { criticalOf, TrajectoryView } from './trajectory-view'
import { usePin } from './use-pin'

interface ExplorerProps {
  readonly details: RunDetails
  /** The requested trajectory. */
  readonly initial: number | null
}

/** One list for all times, so that what shows it is not drawn again. */
const NOWHERE: readonly PromptElsewhere[] = []

const NONE_SAMPLED = {
  title: 'This run has no trajectories',
  text: 'It trained without sampling any: supervised fine-tuning imitates the data, and pairs in the data need no rollouts.',
}

function initialFilter(search: string): TrajectoryFilter {
  const iteration = new URLSearchParams(search).get('iteration')
  return iteration === null || !/^\d+$/.test(iteration) ? {} : { iteration: Number(iteration) }
}

/** The three columns and their shared state: the selected trajectory, its state, and how it is shown. */
export function Explorer({ details: { run, checkpoints, trajectories: total }, initial }: ExplorerProps) {
  const search = useSearch()
  const live = useLive()
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
  const pin = usePin(run.id, filter)
  const list = useTrajectories(run.id, pin.upTo === null ? filter : { ...filter, upTo: pin.upTo }, order)
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.rows) ?? [], [list.data])
  const selected = wanted ?? rows[0]?.id ?? null
  const { data: trajectory, error } = useTrajectory(selected)
  const followed = useFollowed(run.id, trajectory?.row ?? null)
  const elsewhere = useElsewhere(trajectory?.id ?? null)

  const critical = trajectory ? criticalOf(trajectory, rule) : null
  const last = Math.max(0, (trajectory?.steps.length ?? 1) - 1)
  const shownState = Math.min(state ?? critical ?? 0, last)

  /** Whatever a person does here keeps what is shown: what the run adds from now on waits behind a button. */
  const hold = () => {
    if (run.status !== 'running' || list.isPlaceholderData) return
    pin.hold(list.data?.pages[0])
    setWanted(selected)
    setOrder(order) // it would be another one once the run has ended
  }
  const holding = { onPointerDownCapture: hold, onKeyDownCapture: hold, onWheelCapture: hold }
  const held = (act: () => void) => () => {
    hold()
    act()
  }
  const open = useCallback((id: number) => {
    setWanted(id)
    setState(null)
  }, [])
  const show = useCallback((next: TrajectoryFilter) => {
    setFilter(next)
    setWanted(null)
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
  // An address that names a trajectory is what a person wants to look at.
  const { hold: holdAt } = pin
  const firstPage = list.data?.pages[0]
  useEffect(() => {
    if (initial !== null && run.status === 'running') holdAt(firstPage)
  }, [initial, run.status, holdAt, firstPage])
  useHotkeys([
    ['j', held(() => setState(Math.min(last, shownState + 1)))],
    ['k', held(() => setState(Math.max(0, shownState - 1)))],
    ['h', held(() => move(-1))],
    ['l', held(() => move(1))],
    ['c', held(() => critical !== null && setState(critical))],
  ])

  if (total === 0) return <EmptyState {...(run.iteration === 0 ? nothingYet(run, live) : NONE_SAMPLED)} />
  return (
    <>
      <Box mb={8} {...holding}>
        <Filters filter={filter} order={order} onFilter={show} onOrder={setOrder} />
      </Box>
      <Box className={`panes ${classes['grid']}`} {...holding}>
        <Box className={`${classes['column']} ${classes['list']}`}>
          <Group className={classes['heading']} justify="space-between" gap={8} wrap="nowrap">
            <Text size="xs" className="quiet clip">
              {list.hasNextPage
                ? `${formatCount(rows.length)} shown, more below`
                : `${formatCount(rows.length)} of ${formatCount(total)} trajectories`}
            </Text>
            {pin.waiting > 0 && (
              <Anchor
                component="button"
                size="xs"
                style={{ flexShrink: 0 }}
                title="Sampled since you began to look. Show them; the trajectory beside stays."
                onClick={pin.show}
              >
                {formatCount(pin.waiting)} new
              </Anchor>
            )}
          </Group>
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
              checkpoints={checkpoints}
              isReadOnly={run.isReadOnly}
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
            <FollowStrip
              run={run.id}
              shown={trajectory}
              rows={followed.data}
              elsewhere={elsewhere.data ?? NOWHERE}
              onSelect={open}
            />
          )}
          {positions.data && <PositionsPanel run={run.id} positions={positions.data} onOpen={open} onFilter={show} />}
        </Box>
      </Box>
    </>
  )
}
