import { Group, Text, Title, Tooltip, UnstyledButton } from '@mantine/core'
import { Chart } from '@renderer/charts/chart'
import type { HeatColumn } from '@renderer/charts/chart-types'
import type { Curves, Range } from '@renderer/charts/curves'
import { PositionTable } from '@renderer/charts/position-heat'
import { ChartMenu } from '@renderer/components/chart-menu'
import { formatCount } from '@renderer/lib/format'
import { memo, useCallback, useMemo, useRef, useState } from 'react'
import type { ChartDefinition } from './chart-groups'
import { type ChartModel, chartModel, type Newest, type Reading, readingsAt } from './chart-model'
import type { ChartSettings } from './chart-settings'

const HEIGHT = 156
const LARGE = 340

export interface ChartPanelProps {
  readonly chart: ChartDefinition
  readonly curves: Curves
  readonly settings: ChartSettings
  readonly range: Range
  readonly grid: readonly number[]
  readonly pinned: number | null
  readonly syncKey: string
  readonly note?: string | undefined
  readonly newest: Newest
  readonly heat?: readonly HeatColumn[] | undefined
  readonly onZoom: (range: Range | null) => void
  readonly onPin: (iteration: number) => void
}

/** One chart with its title and the values of its lines at the hovered, pinned or newest iteration. */
export const ChartPanel = memo(function ChartPanel(props: ChartPanelProps) {
  const { chart, curves, settings, range, grid, pinned, syncKey, note, newest, heat, onZoom, onPin } = props
  const [hovered, setHovered] = useState<number | null>(null)
  const [isLarge, setLarge] = useState(false)
  const panel = useRef<HTMLDivElement>(null)
  const model = useMemo(() => chartModel(chart, curves, settings, range, grid), [chart, curves, settings, range, grid])
  const positions = useMemo(() => heat?.map(({ from, counts }) => ({ iteration: from + 0.5, counts })), [heat])
  const marks = useMemo(() => (pinned === null ? [] : [pinned]), [pinned])
  const resting = pinned ?? Math.floor(range[1])
  const at = hovered ?? resting
  const read = (iteration: number) => readingsAt(chart, model, iteration, range, newest)
  const spoken = read(resting).map(({ label, value }) => `${label} ${value === null ? 'unknown' : chart.format(value)}`)
  const onHover = useCallback(
    (index: number | null) => setHovered(index === null ? null : (model.x[index] ?? null)),
    [model],
  )
  return (
    <div
      ref={panel}
      className="panel"
      style={{ position: 'relative', minWidth: 0, ...(isLarge ? { gridColumn: '1 / -1' } : {}) }}
    >
      <Group px="sm" pt="xs" gap="xs" justify="space-between" wrap="nowrap">
        <Tooltip label={chart.hint} position="top-start">
          <Title order={3} fz="sm" className="clip">
            <UnstyledButton fz="inherit" fw={600} aria-expanded={isLarge} onClick={() => setLarge(!isLarge)}>
              {chart.title}
            </UnstyledButton>
          </Title>
        </Tooltip>
        <Group gap={6} wrap="nowrap">
          <Text size="xs" className="quiet" style={{ whiteSpace: 'nowrap' }}>
            {scaleNote(model, chart)}iteration {formatCount(at)}
          </Text>
          <ChartMenu title={chart.title} xLabel="iteration" x={model.x} lines={model.lines} holder={panel} />
        </Group>
      </Group>
      <Readings readings={read(at)} format={chart.format} note={note} />
      <Chart
        x={model.x}
        lines={model.lines}
        height={isLarge ? LARGE : HEIGHT}
        label={`${chart.title}, iterations ${range[0]} to ${range[1]}. At iteration ${resting}: ${spoken.join(', ')}`}
        syncKey={syncKey}
        isLog={model.isLog}
        {...(model.asinhFrom === undefined ? {} : { asinhFrom: model.asinhFrom })}
        {...(model.yRange === undefined ? {} : { yRange: model.yRange })}
        xRange={range}
        marks={marks}
        {...(heat ? { heat } : {})}
        formatX={formatCount}
        formatY={chart.formatAxis ?? chart.format}
        onHover={onHover}
        onPick={onPin}
        onZoom={onZoom}
      />
      {positions && <PositionTable columns={positions} />}
    </div>
  )
})

function scaleNote({ isLog, asinhFrom, yRange }: ChartModel, chart: ChartDefinition): string {
  if (isLog) return 'log · '
  if (asinhFrom !== undefined) return `log beyond ±${asinhFrom} · `
  return yRange !== undefined && chart.yRange === undefined ? 'outliers clipped · ' : ''
}

interface ReadingsProps {
  readonly readings: readonly Reading[]
  readonly format: (value: number) => string
  readonly note: string | undefined
}

function Readings({ readings, format, note }: ReadingsProps) {
  return (
    <Group px="sm" gap="sm" mih={20} style={{ rowGap: 0 }}>
      {readings.map(({ label, color, value, measuredAt, isNear }) => (
        <Group key={label} gap={5} wrap="nowrap">
          <span aria-hidden style={{ width: 9, height: 3, borderRadius: 1, background: `var(${color})` }} />
          <Text size="xs" className="quiet">
            {label}
          </Text>
          <Text size="xs" fw={600}>
            {isNear ? '≈ ' : ''}
            {value === null ? '–' : format(value)}
            {measuredAt !== null && (
              <Text span size="xs" className="quiet" fw={400}>
                {` at ${formatCount(measuredAt)}`}
              </Text>
            )}
          </Text>
        </Group>
      ))}
      {note && (
        <Text size="xs" className="quiet" ml="auto">
          {note}
        </Text>
      )}
    </Group>
  )
}
