import { Box, Text } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import type { ExplorerTrajectory } from '@shared/contract/explorer'
import { DataTable } from './data-table'

interface ValueCurveProps {
  readonly trajectory: ExplorerTrajectory
  readonly critical: number | null
  readonly state: number
  readonly onState: (state: number) => void
}

const HEIGHT = 132
const LEFT = 30
const RIGHT = 12
const TOP = 10
const BOTTOM = 22

/** V of every state along the trajectory, with 90 % intervals; the critical step is shaded. */
export function ValueCurve({ trajectory: { states, intervals }, critical, state, onState }: ValueCurveProps) {
  const { ref, width } = useElementSize<HTMLDivElement>()
  const inner = Math.max(10, width - LEFT - RIGHT)
  const x = (i: number) => LEFT + (states.length > 1 ? (i / (states.length - 1)) * inner : inner / 2)
  const y = (value: number) => TOP + (1 - value) * (HEIGHT - TOP - BOTTOM)
  const visited = states.flatMap(({ value }, i) => (value === null ? [] : [{ i, value }]))
  const line = visited.map(({ i, value }) => `${x(i)},${y(value)}`).join(' ')
  return (
    <Box px={4} py={6}>
      <Text size="xs" className="quiet" px={8}>
        V along the trajectory, 90 % intervals (Wilson)
      </Text>
      <Box ref={ref} pos="relative">
        <DataTable
          name="V along the trajectory"
          head={['state', 'V', '90 % interval', 'correct continuations']}
          rows={states.map(({ value, successes, samples }, i) => [
            i === states.length - 1 ? 'end' : `before step ${i + 1}`,
            value?.toFixed(2) ?? 'not visited',
            value === null ? '–' : `${intervals[i]![0].toFixed(2)} to ${intervals[i]![1].toFixed(2)}`,
            samples === 0 ? 'none sampled' : `${successes} of ${samples}`,
          ])}
        />
        {width > 0 && (
          <svg
            width={width}
            height={HEIGHT}
            role="img"
            aria-label={`Values of the states: ${states.map(({ value }) => value?.toFixed(2) ?? 'not visited').join(', ')}`}
          >
            {[0, 0.5, 1].map((value) => (
              <g key={value}>
                <line x1={LEFT} x2={width - RIGHT} y1={y(value)} y2={y(value)} stroke="var(--chart-grid)" />
                <text x={LEFT - 6} y={y(value) + 4} textAnchor="end" fontSize="11" fill="var(--chart-text)">
                  {value}
                </text>
              </g>
            ))}
            {critical !== null && (
              <rect
                x={x(critical)}
                y={TOP}
                width={x(critical + 1) - x(critical)}
                height={HEIGHT - TOP - BOTTOM}
                fill="var(--critical-faint)"
              />
            )}
            <polyline points={line} fill="none" stroke="var(--helped)" strokeWidth="1.75" />
            {visited.map(({ i, value }) => {
              const [low, high] = intervals[i]!
              const key = `state-${i}`
              return (
                // biome-ignore lint/a11y/noStaticElementInteractions: the steps above are the buttons; this is the pointer's shortcut to them
                <g key={key} onClick={() => onState(Math.min(i, states.length - 2))} style={{ cursor: 'pointer' }}>
                  {high > low && (
                    <line x1={x(i)} x2={x(i)} y1={y(low)} y2={y(high)} stroke="var(--quiet)" strokeWidth="1.25" />
                  )}
                  <circle
                    cx={x(i)}
                    cy={y(value)}
                    r={i === state ? 5 : 3.5}
                    fill={i === state ? 'var(--mantine-primary-color-filled)' : 'var(--helped)'}
                    stroke="var(--surface)"
                    strokeWidth="1.5"
                  />
                  <text x={x(i)} y={HEIGHT - 7} textAnchor="middle" fontSize="11" fill="var(--chart-text)">
                    {i === states.length - 1 ? 'end' : `s${i}`}
                  </text>
                </g>
              )
            })}
          </svg>
        )}
      </Box>
    </Box>
  )
}
