import { Box, Group, Text } from '@mantine/core'
import { formatCount } from '@renderer/lib/format'
import { advantageColour } from '@renderer/lib/value-colour'
import type { CriticalPositions } from '@shared/contract/explorer'
import classes from './explorer.module.css'

interface PositionsPanelProps {
  readonly positions: CriticalPositions
  readonly onOpen: (id: number) => void
}

const HEIGHT = 84
const WIDTH = 190
const PAD = 34

/** Where critical steps lie during the run, and how large their advantages are. */
export function PositionsPanel({ positions, onOpen }: PositionsPanelProps) {
  if (positions.total === 0) return null
  return (
    <Box className={classes['column']} component="section" aria-label="All critical steps">
      <Text size="xs" fw={600} px={10} pt={6}>
        All critical steps{' '}
        <Text span size="xs" className="quiet" fw={400}>
          {formatCount(positions.total)}
        </Text>
      </Text>
      <Group gap="md" px={10} pb={4} wrap="nowrap">
        <HeatStrip positions={positions} />
        <Scatter positions={positions} onOpen={onOpen} />
      </Group>
    </Box>
  )
}

function HeatStrip({ positions: { columns } }: { readonly positions: CriticalPositions }) {
  const most = Math.max(1, ...columns.flatMap(({ counts }) => counts))
  const width = (WIDTH - PAD) / columns.length
  const height = (HEIGHT - 16) / 10
  const [first, last] = [columns[0]?.iteration ?? 0, columns.at(-1)?.iteration ?? 0]
  return (
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
            <rect
              key={key}
              x={PAD + col * width}
              y={(9 - bin) * height + 2}
              width={Math.max(1, width)}
              height={height}
              fill="var(--critical)"
              opacity={0.12 + 0.88 * (count / most)}
            >
              <title>{`iterations from ${iteration}, position ${bin / 10} to ${(bin + 1) / 10}: ${count}`}</title>
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
  )
}

function Scatter({ positions: { points }, onOpen }: PositionsPanelProps) {
  const x = (position: number) => PAD + 4 + position * (WIDTH - PAD - 8)
  const y = (advantage: number) => 2 + ((1 - advantage) / 2) * (HEIGHT - 16)
  return (
    <svg
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={`Advantage against relative position of ${points.length} critical steps`}
    >
      <rect x={PAD} y={2} width={WIDTH - PAD} height={HEIGHT - 16} fill="none" stroke="var(--line)" />
      <line x1={PAD} x2={WIDTH} y1={y(0)} y2={y(0)} stroke="var(--chart-grid)" />
      {points.map(({ id, position, advantage }) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: the list is the way by keyboard; this is the pointer's shortcut
        <circle
          key={id}
          cx={x(position) + ((id % 7) - 3) * 0.8}
          cy={y(advantage)}
          r={2}
          fill={advantageColour(advantage)}
          opacity={0.35}
          onClick={() => onOpen(id)}
          style={{ cursor: 'pointer' }}
        />
      ))}
      <text x={PAD - 4} y={11} fontSize="10" textAnchor="end" fill="var(--chart-text)">
        A +1
      </text>
      <text x={PAD - 4} y={y(0) + 3} fontSize="10" textAnchor="end" fill="var(--chart-text)">
        0
      </text>
      <text x={PAD - 4} y={HEIGHT - 16} fontSize="10" textAnchor="end" fill="var(--chart-text)">
        −1
      </text>
      <text x={PAD} y={HEIGHT - 3} fontSize="10" fill="var(--chart-text)">
        first step
      </text>
      <text x={WIDTH} y={HEIGHT - 3} fontSize="10" textAnchor="end" fill="var(--chart-text)">
        last step
      </text>
    </svg>
  )
}
