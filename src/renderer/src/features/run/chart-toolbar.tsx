import { ActionIcon, Anchor, Button, Group, NumberInput, Slider, Switch, Text, Tooltip } from '@mantine/core'
import type { Range } from '@renderer/charts/curves'
import { IconArrowLeft, IconArrowRight, IconX } from '@tabler/icons-react'
import type { ChartSettings } from './chart-settings'

interface ChartToolbarProps {
  readonly run: string
  readonly settings: ChartSettings
  readonly onSettings: (patch: Partial<ChartSettings>) => void
  /** First and last recorded iteration. */
  readonly whole: Range
  readonly zoom: Range | null
  readonly onZoom: (range: Range | null) => void
  readonly pinned: number | null
  readonly onPin: (iteration: number | null) => void
  /** Recorded trajectories of the run. */
  readonly trajectories: number
}

/** How the charts are drawn, which iterations they show, and the pinned iteration with its trajectories. */
export function ChartToolbar(props: ChartToolbarProps) {
  const { settings, onSettings } = props
  return (
    <Group
      gap="md"
      py={6}
      style={{ position: 'sticky', top: 0, zIndex: 5, background: 'var(--surface)', rowGap: 4 }}
      role="toolbar"
      aria-label="Charts"
    >
      <Group gap="sm" wrap="nowrap">
        <Text size="sm" id="smoothing-label">
          Smoothing
        </Text>
        <Slider
          w={84}
          size="sm"
          min={0}
          max={0.98}
          step={0.02}
          value={settings.smoothing}
          onChange={(smoothing) => onSettings({ smoothing })}
          label={(value) => (value === 0 ? 'off' : value.toFixed(2))}
          thumbProps={{ 'aria-labelledby': 'smoothing-label' }}
        />
        <Text size="sm" w={28} className="numeric quiet">
          {settings.smoothing === 0 ? 'off' : settings.smoothing.toFixed(2)}
        </Text>
      </Group>
      <Tooltip label="For all charts that are not limited to 0 … 1. Where values lie around 0, the axis is linear near 0.">
        <Switch
          label="Log scale"
          checked={settings.isLog}
          onChange={(event) => onSettings({ isLog: event.currentTarget.checked })}
        />
      </Tooltip>
      <Tooltip label="The axis leaves out values more than three interquartile ranges away; the values stay the same.">
        <Switch
          label="Clip outliers"
          checked={settings.isClipped}
          disabled={settings.isLog}
          onChange={(event) => onSettings({ isClipped: event.currentTarget.checked })}
        />
      </Tooltip>
      <Zoom {...props} />
      <Pinned {...props} />
    </Group>
  )
}

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value))

function Zoom({ whole, zoom, onZoom }: ChartToolbarProps) {
  const [from, to] = zoom ?? whole
  const change = (first: number, last: number) => {
    if (Number.isFinite(first) && Number.isFinite(last) && first < last) onZoom([first, last])
  }
  const pan = (direction: -1 | 1) => {
    const width = to - from
    const start = clamp(from + (direction * width) / 2, whole[0], whole[1] - width)
    onZoom([Math.round(start), Math.round(start + width)])
  }
  return (
    <Group gap={4} wrap="nowrap">
      <Text size="sm">Iterations</Text>
      <NumberInput
        aria-label="First iteration shown"
        w={64}
        hideControls
        allowDecimal={false}
        min={whole[0]}
        max={to - 1}
        value={Math.round(from)}
        onChange={(value) => typeof value === 'number' && change(clamp(value, whole[0], to - 1), to)}
      />
      <Text size="sm">to</Text>
      <NumberInput
        aria-label="Last iteration shown"
        w={64}
        hideControls
        allowDecimal={false}
        max={whole[1]}
        value={Math.round(to)}
        onChange={(value) => typeof value === 'number' && change(from, clamp(value, 0, whole[1]))}
      />
      {zoom && (
        <>
          <ActionIcon aria-label="Earlier iterations" onClick={() => pan(-1)} disabled={from <= whole[0]}>
            <IconArrowLeft size={15} />
          </ActionIcon>
          <ActionIcon aria-label="Later iterations" onClick={() => pan(1)} disabled={to >= whole[1]}>
            <IconArrowRight size={15} />
          </ActionIcon>
          <Button variant="default" size="compact-xs" onClick={() => onZoom(null)}>
            All
          </Button>
        </>
      )}
    </Group>
  )
}

function Pinned({ run, whole, pinned, onPin, trajectories }: ChartToolbarProps) {
  return (
    <Group gap={4} wrap="nowrap">
      <Tooltip label="Shows the values of all charts at one iteration. A click on a chart does the same.">
        <NumberInput
          aria-label="Pinned iteration"
          w={96}
          hideControls
          allowDecimal={false}
          min={whole[0]}
          max={whole[1]}
          placeholder="pin iteration"
          value={pinned ?? ''}
          onChange={(value) => onPin(typeof value === 'number' ? clamp(value, whole[0], whole[1]) : null)}
        />
      </Tooltip>
      {pinned !== null && (
        <>
          <ActionIcon aria-label="Unpin the iteration" onClick={() => onPin(null)}>
            <IconX size={14} />
          </ActionIcon>
          {trajectories > 0 && (
            <Anchor
              size="sm"
              href={`#/explorer/${run}?iteration=${pinned}`}
              aria-label={`Trajectories of iteration ${pinned}`}
            >
              Its trajectories
            </Anchor>
          )}
        </>
      )}
    </Group>
  )
}
