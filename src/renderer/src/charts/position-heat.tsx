import { Box } from '@mantine/core'
import type { CriticalPositions } from '@shared/contract/explorer'
import { memo } from 'react'
import { DataTable } from './data-table'

/** Pixels. */
const HEIGHT = 84
const WIDTH = 190
/** Left of the frame, for numbers. */
const PAD = 34

interface Range {
  readonly min: number
  readonly max: number
}

export interface PositionHeatProps extends Pick<CriticalPositions, 'columns'> {
  /** Both ends are part of a range; 0 = first step, 1 = last. */
  readonly onCell: (iterations: Range, position: Range) => void
}

/** The parts of a trajectory, from its first step to its last. */
const TENTHS = Array.from({ length: 10 }, (_, bin) => `${bin / 10} to ${(bin + 1) / 10}`)

/** The same numbers for those who hear the page. */
export const PositionTable = memo(function PositionTable({ columns }: Pick<CriticalPositions, 'columns'>) {
  return (
    <DataTable
      name="Critical steps by iteration and relative position"
      head={['from iteration', ...TENTHS]}
      rows={columns.map(({ iteration, counts }) => [iteration, ...counts])}
    />
  )
})

/** Where critical steps fall over a run: iterations to the right, the place in the trajectory upwards, the darker the more. */
export const PositionHeat = memo(function PositionHeat({ columns, onCell }: PositionHeatProps) {
  const most = Math.max(1, ...columns.flatMap(({ counts }) => counts))
  const width = (WIDTH - PAD) / columns.length
  const height = (HEIGHT - 16) / 10
  const [first, last] = [columns[0]?.iteration ?? 0, columns.at(-1)?.iteration ?? 0]
  return (
    <Box pos="relative">
      <PositionTable columns={columns} />
      <svg
        width={WIDTH}
        height={HEIGHT}
        role="img"
        aria-label={`Relative position of critical steps, iterations ${first} to ${last}; at most ${most} in a cell`}
      >
        {columns.map(({ iteration, counts }, col) =>
          counts.map((count, bin) => {
            const key = `${iteration}-${bin}`
            return count === 0 ? null : (
              // biome-ignore lint/a11y/noStaticElementInteractions: the filters are the way by keyboard; this is the pointer's shortcut
              <rect
                key={key}
                onClick={() =>
                  onCell(
                    { min: iteration, max: (columns[col + 1]?.iteration ?? Number.MAX_SAFE_INTEGER) - 1 },
                    { min: bin / 10, max: (bin + 1) / 10 },
                  )
                }
                style={{ cursor: 'pointer' }}
                x={PAD + col * width}
                y={(9 - bin) * height + 2}
                width={Math.max(1, width)}
                height={height}
                fill="var(--critical)"
                opacity={0.12 + 0.88 * (count / most)}
              >
                <title>{`iterations from ${iteration}, position ${TENTHS[bin]}: ${count}; click to list them`}</title>
              </rect>
            )
          }),
        )}
        <rect x={PAD} y={2} width={WIDTH - PAD} height={HEIGHT - 16} fill="none" stroke="var(--line)" />
        <text x={PAD - 4} y={11} fontSize="10" textAnchor="end" fill="var(--chart-text)">
          last
        </text>
        <text x={PAD - 4} y={HEIGHT - 16} fontSize="10" textAnchor="end" fill="var(--chart-text)">
          first
        </text>
        <text x={PAD} y={HEIGHT - 3} fontSize="10" fill="var(--chart-text)">
          it. {first}
        </text>
        <text x={WIDTH} y={HEIGHT - 3} fontSize="10" textAnchor="end" fill="var(--chart-text)">
          {last}
        </text>
      </svg>
    </Box>
  )
})
