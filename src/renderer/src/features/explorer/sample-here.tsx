import { Button, Group, NumberInput, Select, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { api } from '@renderer/lib/api'
import { useCache } from '@renderer/lib/cache'
import { messageOf } from '@renderer/lib/errors'
import type { CheckpointRecord } from '@shared/schemas/events'
import { useEffect, useRef, useState } from 'react'

interface SampleHereProps {
  readonly run: string
  readonly trajectory: number
  readonly state: number
  readonly checkpoints: readonly CheckpointRecord[]
}

const BASE = 'base'

/** The reset by hand: samples from the selected state now. */
export function SampleHere({ trajectory, state, checkpoints }: SampleHereProps) {
  const newest = checkpoints.at(-1)?.iteration
  const [count, setCount] = useState(8)
  const [temperature, setTemperature] = useState(1)
  const [weights, setWeights] = useState(newest === undefined ? BASE : String(newest))
  const [progress, setProgress] = useState<string | null>(null)
  const stop = useRef<AbortController | null>(null)
  const cache = useCache()
  useEffect(() => () => stop.current?.abort(), [])

  const sample = async () => {
    const controller = new AbortController()
    stop.current = controller
    setProgress('loading the model')
    let came = 0
    try {
      const checkpoint = weights === BASE ? null : Number(weights)
      const input = { id: trajectory, state, count, checkpoint, temperature }
      for await (const event of await api.explorer.sampleHere(input, { signal: controller.signal })) {
        if (event.type === 'progress' && event.tokens > 0) setProgress(`${came} of ${count}, ${event.tokens} tokens`)
        if (event.type !== 'sampled') continue
        came += event.continuations.length
        setProgress(`${came} of ${count}`)
        void cache.trajectorySampled(trajectory)
      }
    } catch (error) {
      if (!controller.signal.aborted)
        notifications.show({ color: 'orange', title: 'Nothing was sampled', message: messageOf(error) })
    } finally {
      setProgress(null)
      stop.current = null
    }
  }

  if (progress !== null)
    return (
      <Group gap="sm" justify="space-between" wrap="nowrap">
        <Text size="xs" aria-live="polite">
          Sampling: {progress}
        </Text>
        <Button variant="default" onClick={() => stop.current?.abort()}>
          Cancel
        </Button>
      </Group>
    )
  return (
    <Group gap={6} align="flex-end">
      <Button onClick={() => void sample()} style={{ flexShrink: 0 }}>
        Sample {count} here
      </Button>
      <NumberInput
        aria-label="How many to sample"
        value={count}
        onChange={(value) => setCount(Math.min(64, Math.max(1, Number(value) || 1)))}
        min={1}
        max={64}
        hideControls
        w={44}
        miw={44}
      />
      <NumberInput
        aria-label="Sampling temperature"
        value={temperature}
        onChange={(value) => setTemperature(Math.min(10, Math.max(0.01, Number(value) || 1)))}
        min={0.1}
        max={10}
        step={0.1}
        decimalScale={2}
        leftSection="T"
        leftSectionWidth={22}
        hideControls
        w={56}
      />
      <Select
        aria-label="Weights to sample with"
        data={[
          ...checkpoints.toReversed().map(({ iteration }) => ({ value: String(iteration), label: `it. ${iteration}` })),
          { value: BASE, label: 'base' },
        ]}
        value={weights}
        onChange={(value) => setWeights(value ?? BASE)}
        allowDeselect={false}
        w={92}
        comboboxProps={{ width: 120, position: 'top-end' }}
      />
    </Group>
  )
}
