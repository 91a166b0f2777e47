import { Button, Group, MultiSelect, SegmentedControl, Slider, Switch, Text } from '@mantine/core'
import { type Axis, curveTitle, type SharedMetric } from './comparison'
import type { CurveOptions } from './curve-panel'

interface CurveControlsProps {
  readonly options: CurveOptions
  readonly onChange: (options: CurveOptions) => void
  readonly shared: readonly SharedMetric[]
  readonly runs: number
  readonly metrics: readonly string[]
  readonly onMetrics: (metrics: readonly string[]) => void
  readonly isZoomed: boolean
  readonly onZoomOut: () => void
}

const AXIS_CHOICES = [
  { value: 'iteration', label: 'Iteration' },
  { value: 'tokens', label: 'Trained tokens' },
  { value: 'sampled', label: 'Sampled tokens' },
  { value: 'time', label: 'Time' },
]

/** The horizontal axis of the charts, their smoothing, and which charts are shown. */
export function CurveControls(props: CurveControlsProps) {
  const { options, onChange, shared, runs, metrics, onMetrics, isZoomed, onZoomOut } = props
  const { axis, smoothing, isLog } = options
  const item = ({ name }: SharedMetric) => ({ value: name, label: curveTitle(name) })
  const inAll = shared.filter((metric) => metric.runs === runs)
  const inSome = shared.filter((metric) => metric.runs < runs)
  const groups = [
    { group: runs > 1 ? `In all ${runs} runs` : 'Metrics', items: inAll.map(item) },
    { group: 'In some of them', items: inSome.map(item) },
  ].filter(({ items }) => items.length > 0)
  return (
    <Group gap="lg" align="center" style={{ rowGap: 8 }}>
      <Group gap="sm" wrap="nowrap">
        <Text size="sm" className="quiet">
          {' '}
          Axis{' '}
        </Text>
        <SegmentedControl
          value={axis}
          onChange={(value) => onChange({ ...options, axis: value as Axis })}
          data={AXIS_CHOICES}
          aria-label="Horizontal axis of the charts"
        />
      </Group>
      <Group gap="sm" wrap="nowrap">
        <Text size="sm" className="quiet">
          Smoothing
        </Text>
        <Slider
          w={120}
          size="sm"
          min={0}
          max={0.98}
          step={0.02}
          value={smoothing}
          onChange={(value) => onChange({ ...options, smoothing: value })}
          label={(value) => value.toFixed(2)}
          thumbLabel="Smoothing, 0 is off"
        />
        <Text size="sm" w={30} className="numeric">
          {smoothing.toFixed(2)}
        </Text>
      </Group>
      <Switch
        label="Log scale"
        checked={isLog}
        onChange={(event) => onChange({ ...options, isLog: event.currentTarget.checked })}
        style={{ whiteSpace: 'nowrap' }}
      />
      <Button
        variant="default"
        disabled={!isZoomed}
        onClick={onZoomOut}
        title="Drag across a chart to zoom in, double-click to zoom out"
        style={{ flexShrink: 0 }}
      >
        Whole runs
      </Button>
      <MultiSelect
        data={groups}
        value={[...metrics]}
        onChange={onMetrics}
        searchable
        aria-label="Metrics with a chart"
        placeholder="Add a metric"
        style={{ flex: '1 1 560px' }}
        nothingFoundMessage="No metric matches"
        maxDropdownHeight={360}
      />
    </Group>
  )
}
