import { Text, Title } from '@mantine/core'
import { useIntersection } from '@mantine/hooks'
import type { HeatColumn } from '@renderer/charts/chart-types'
import { ErrorState } from '@renderer/components/states'
import { ACCURACY, type MetricName } from '@shared/metrics'
import type { Series } from '@shared/schemas/run'
import { useMemo, useRef } from 'react'
import { BASE_ACCURACY, type ShownGroup } from './chart-groups'
import { ChartPanel, type ChartPanelProps } from './chart-panel'
import { useCurves } from './use-curves'

type Shared = Omit<ChartPanelProps, 'chart' | 'curves' | 'note' | 'heat'>

interface ChartSectionProps extends Shared {
  readonly run: string
  readonly group: ShownGroup
  /** Charts side by side. */
  readonly columns: number
  /** Null: everything is shown, and newer iterations will be too. */
  readonly zoom: ChartPanelProps['range'] | null
  /** Evaluations as curves. */
  readonly accuracy: Readonly<Record<string, Series>>
  readonly accuracyNote: string | undefined
  /** Where critical steps lie, by iteration. */
  readonly positions: readonly HeatColumn[] | undefined
}

/** The chart that shows the positions of critical steps behind its line. */
const POSITION = 'gpo/critical_position' satisfies MetricName

/** A group starts to load at this distance below the window. */
const AHEAD = '400px'

/** A number of columns that leaves no gap in the last row, if possible. */
function evenColumns(count: number, most: number): number {
  const rows = Math.ceil(count / Math.max(1, most))
  return Math.max(1, Math.ceil(count / rows))
}

/** A group of charts under its heading; it loads its curves when it comes near the screen. */
export function ChartSection({
  run,
  group,
  columns,
  zoom,
  accuracy,
  accuracyNote,
  positions,
  ...shared
}: ChartSectionProps) {
  const root = useRef<HTMLElement>(null)
  const { ref, entry } = useIntersection({ root: root.current, rootMargin: AHEAD })
  const names = useMemo(
    () =>
      group.charts
        .flatMap(({ lines }) => lines.map(({ metric }) => metric))
        .filter((metric) => metric !== ACCURACY && metric !== BASE_ACCURACY),
    [group],
  )
  const { data, error, refetch } = useCurves(run, names, zoom, entry?.isIntersecting ?? false)
  const curves = useMemo(() => ({ ...data, ...accuracy }), [data, accuracy])
  const { charts, missing, title, id } = group
  return (
    <section ref={ref} aria-labelledby={`charts-${id}`}>
      <Title order={2} id={`charts-${id}`} fz="xs" tt="uppercase" lts={0.4} className="quiet" mb={4}>
        {title}
      </Title>
      {error && <ErrorState error={error} onRetry={() => void refetch()} />}
      <div
        style={{
          display: 'grid',
          gap: 8,
          gridAutoFlow: 'dense', // an enlarged chart leaves no hole before it
          gridTemplateColumns: `repeat(${evenColumns(charts.length, columns)}, minmax(0, 1fr))`,
        }}
      >
        {charts.map((chart) => (
          <ChartPanel
            key={chart.id}
            chart={chart}
            curves={curves}
            note={chart.id === ACCURACY ? accuracyNote : undefined}
            heat={chart.id === POSITION ? positions : undefined}
            {...shared}
          />
        ))}
      </div>
      {missing.length > 0 && (
        <Text size="xs" className="quiet" mt={4}>
          Not shown: {missing.join('; ')}.
        </Text>
      )}
    </section>
  )
}
