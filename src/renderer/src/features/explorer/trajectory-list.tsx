import { Box, Group, Text, UnstyledButton } from '@mantine/core'
import { StepStrip } from '@renderer/charts/step-strip'
import { VerdictMark } from '@renderer/components/status'
import { rowNumber } from '@shared/row-number'
import type { TrajectoryRow } from '@shared/schemas/run'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import classes from './explorer.module.css'

interface TrajectoryListProps {
  readonly rows: readonly TrajectoryRow[]
  readonly selected: number | null
  readonly hasMore: boolean
  readonly onMore: () => void
  readonly onSelect: (id: number) => void
}

const ROW_HEIGHT = 40

/** Rows that a key goes by; to the ends of the list by its whole length. */
const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 10,
  PageUp: -10,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
}

const FOUND_IN = { prompt: 'the prompt', continuation: 'a continuation' } as const

/** The beginning of the completion, or what was looked for. */
function Excerpt({ row: { excerpt, found } }: { readonly row: TrajectoryRow }) {
  return (
    <Text size="xs" className="clip mono" lh={1.3}>
      {found ? (
        <>
          {found.before}
          <mark className={classes['found']}>{found.match}</mark>
          {found.after}
        </>
      ) : (
        excerpt.trim()
      )}
    </Text>
  )
}

/** One trajectory per line; only visible lines are rendered. */
export function TrajectoryList({ rows, selected, hasMore, onMore, onSelect }: TrajectoryListProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && last >= rows.length - 30) onMore()
  }, [hasMore, last, rows.length, onMore])
  const at = rows.findIndex(({ id }) => id === selected)
  const isByKey = useRef(false)
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: 'auto' })
    if (!isByKey.current) return
    isByKey.current = false
    // A row that is far away is drawn when the list has scrolled.
    const frame = requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus({ preventScroll: true }),
    )
    return () => cancelAnimationFrame(frame)
  }, [at, virtual])
  const onKeyDown = (event: KeyboardEvent) => {
    const by = STEPS[event.key]
    if (by === undefined) return
    event.preventDefault()
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))]
    if (!next || next.id === selected) return
    isByKey.current = true
    onSelect(next.id)
  }
  return (
    <Box
      ref={scroller}
      className={classes['scroller']}
      role="listbox"
      aria-label="Trajectories"
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {items.map(({ index, start }) => {
          const row = rows[index]!
          const isSelected = row.id === selected
          return (
            <UnstyledButton
              key={row.id}
              role="option"
              aria-selected={isSelected}
              tabIndex={isSelected || (at < 0 && index === 0) ? 0 : -1}
              className={classes['row']}
              data-selected={isSelected || undefined}
              style={{ transform: `translateY(${start}px)`, height: ROW_HEIGHT }}
              onClick={() => onSelect(row.id)}
            >
              <Group gap={6} wrap="nowrap" h="100%" px={8}>
                <VerdictMark status={row.status} isIconOnly />
                <StepStrip values={row.values} critical={row.critical?.step ?? null} width={72} />
                <Box style={{ minWidth: 0, flex: 1 }}>
                  <Excerpt row={row} />
                  <Text size="xs" className="quiet clip" lh={1.3}>
                    {row.found && row.found.where !== 'completion' && `in ${FOUND_IN[row.found.where]} · `}it.{' '}
                    {row.iteration} · row {rowNumber(row.row)}
                    {row.critical?.advantage != null ? ` · A ${row.critical.advantage.toFixed(2)}` : ''}
                  </Text>
                </Box>
              </Group>
            </UnstyledButton>
          )
        })}
      </div>
    </Box>
  )
}
