/** A histogram: how many values have which size. */
import { Box } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { formatCount } from '@renderer/lib/format'
import { DataTable } from './data-table'
import { ticksTo } from './ticks'

export interface HistogramMark {
  readonly at: number
  readonly label: string
}

interface HistogramProps {
  /** One more than counts: bar i goes from `edges[i]` to `edges[i + 1]`. */
  readonly edges: readonly number[]
  readonly counts: readonly number[]
  readonly height?: number
  /** A description for screen readers. */
  readonly label: string
  readonly xLabel: string
  readonly yLabel: string
  readonly marks?: readonly HistogramMark[]
  readonly color?: string
}

const RIGHT = 12
const TOP = 26
const BOTTOM = 36

export function Histogram(props: HistogramProps) {
  const { edges, counts, height = 170, label, xLabel, yLabel, marks = [], color = 'var(--value-75)' } = props
  const { ref, width } = useElementSize<HTMLDivElement>()
  const from = edges[0] ?? 0
  const to = edges.at(-1) ?? 1
  const yTicks = ticksTo(Math.max(1, ...counts), 4)
  const yMax = yTicks.at(-1) ?? 1
  const left = 16 + 6.6 * Math.max(yLabel.length, formatCount(yMax).length)
  const inner = Math.max(0, width - left - RIGHT)
  const x = (value: number) => left + ((value - from) / Math.max(1, to - from)) * inner
  const y = (value: number) => TOP + (1 - value / yMax) * (height - TOP - BOTTOM)
  const every = Math.max(1, Math.ceil(edges.length / Math.max(2, Math.floor(inner / 56))))
  const text = { fill: 'var(--chart-text)', fontSize: 11 }
  const bars = counts.map((count, i) => {
    const [begin, end] = [edges[i] ?? 0, edges[i + 1] ?? 0]
    return { begin, end, count, sizes: begin === end - 1 ? `${begin}` : `${begin} to ${end - 1}` }
  })
  return (
    <Box ref={ref} pos="relative" style={{ minWidth: 0 }}>
      <DataTable
        name={label}
        head={[xLabel, yLabel]}
        rows={bars.map(({ sizes, count }) => [sizes, formatCount(count)])}
      />
      <svg width="100%" height={height} role="img" aria-label={label} style={{ display: 'block' }}>
        {width > 0 && (
          <>
            {yTicks.map((tick) => (
              <g key={tick}>
                <line x1={left} x2={left + inner} y1={y(tick)} y2={y(tick)} stroke="var(--chart-grid)" />
                <text x={left - 6} y={y(tick) + 4} textAnchor="end" {...text}>
                  {formatCount(tick)}
                </text>
              </g>
            ))}
            {bars.map(({ begin, end, count, sizes }) => (
              <rect
                key={begin}
                x={x(begin) + 0.5}
                width={Math.max(1, x(end) - x(begin) - 1)}
                y={y(count)}
                height={Math.max(count > 0 ? 1 : 0, y(0) - y(count))}
                fill={color}
              >
                <title>{`${sizes} ${xLabel}: ${formatCount(count)} ${yLabel}`}</title>
              </rect>
            ))}
            {edges.map((edge, i) =>
              i % every === 0 ? (
                <text key={edge} x={x(edge)} y={height - BOTTOM + 15} textAnchor="middle" {...text}>
                  {formatCount(edge)}
                </text>
              ) : null,
            )}
            <text x={left + inner / 2} y={height - 4} textAnchor="middle" {...text}>
              {xLabel}
            </text>
            <text x={left - 6} y={12} textAnchor="end" {...text}>
              {yLabel}
            </text>
            {marks
              .filter(({ at }) => at >= from && at <= to)
              .map(({ at, label: name }) => {
                const isCrowded = marks.some(({ at: other }) => other > at && other <= to && x(other) - x(at) < 110)
                const isRight = isCrowded || x(at) > left + inner - 90
                return (
                  <g key={name}>
                    <line x1={x(at)} x2={x(at)} y1={16} y2={y(0)} stroke="var(--chart-text)" strokeDasharray="3 3" />
                    <text x={x(at) + (isRight ? -4 : 4)} y={12} textAnchor={isRight ? 'end' : 'start'} {...text}>
                      {name}
                    </text>
                  </g>
                )
              })}
          </>
        )}
      </svg>
    </Box>
  )
}
