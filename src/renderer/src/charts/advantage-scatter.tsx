import { Box } from '@mantine/core'
import { formatSigned } from '@renderer/lib/format'
import type { CriticalPositions } from '@shared/contract/explorer'
import { memo } from 'react'
import { DataTable } from './data-table'
import { advantageColour } from './value-colour'

/** Pixels. */
const HEIGHT = 84
const WIDTH = 190
/** Left of the frame, for numbers. */
const PAD = 34

interface AdvantageScatterProps extends Pick<CriticalPositions, 'points'> {
  readonly onOpen: (trajectory: number) => void
}

/** Too many points to hear them one by one: each tenth of the trajectory with its number of points and their advantages. */
function tenthsOf(points: AdvantageScatterProps['points']): (string | number)[][] {
  return Array.from({ length: 10 }, (_, tenth) => {
    const inside = points
      .filter(({ position }) => Math.min(9, Math.floor(position * 10)) === tenth)
      .map(({ advantage }) => advantage)
    const mean = inside.reduce((sum, advantage) => sum + advantage, 0) / inside.length
    const figures = [mean, Math.min(...inside), Math.max(...inside)].map((value) =>
      inside.length === 0 ? '–' : formatSigned(value),
    )
    return [`${tenth / 10} to ${(tenth + 1) / 10}`, inside.length, ...figures]
  })
}

/** Advantages of critical steps by their place in the trajectory; a point opens its trajectory. */
export const AdvantageScatter = memo(function AdvantageScatter({ points, onOpen }: AdvantageScatterProps) {
  const x = (position: number) => PAD + 4 + position * (WIDTH - PAD - 8)
  const y = (advantage: number) => 2 + ((1 - advantage) / 2) * (HEIGHT - 16)
  return (
    <Box pos="relative">
      <DataTable
        name="Advantages of critical steps by relative position"
        head={['position', 'critical steps', 'mean A', 'lowest A', 'highest A']}
        rows={tenthsOf(points)}
      />
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
    </Box>
  )
})
