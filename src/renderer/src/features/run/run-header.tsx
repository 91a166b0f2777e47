import { Box, Group, Progress, Text } from '@mantine/core'
import { EditableName } from '@renderer/components/editable-name'
import { RunStatusMark } from '@renderer/components/status'
import { formatCount, formatDuration, formatTime } from '@renderer/lib/format'
import { doing } from '@renderer/lib/run-doing'
import { methodName } from '@renderer/lib/run-names'
import type { ActiveRun } from '@shared/contract/runs'
import { shortPath } from '@shared/plan/short-path'
import type { RunRecord } from '@shared/schemas/run'
import { IconPlayerPause } from '@tabler/icons-react'
import { useEffect } from 'react'
import { useRunUpdate } from './run-actions'
import { RunControls, RunLinks } from './run-controls'

interface RunHeaderProps {
  readonly run: RunRecord
  readonly active: ActiveRun | null
}

/** The name of the run, its status and its actions. */
export function RunHeader({ run, active }: RunHeaderProps) {
  const update = useRunUpdate(run.id)
  useEffect(() => {
    document.title = `${run.name} · GPO Studio`
  }, [run.name])
  return (
    <Box mb="sm">
      <Group justify="space-between" style={{ columnGap: 16, rowGap: 6 }} align="center">
        <Group gap="md" wrap="nowrap" style={{ minWidth: 0, maxWidth: '100%' }}>
          <EditableName name={run.name} of="run" order={1} onRename={(name) => update({ name })} />
          {active?.state === 'paused' ? <PausedMark /> : <RunStatusMark status={active ? 'running' : run.status} />}
        </Group>
        <RunControls run={run} active={active} />
      </Group>
      <Group justify="space-between" style={{ columnGap: 16, rowGap: 2 }} mt={2}>
        <Text size="sm" className="quiet">
          {summaryOf(run)}
        </Text>
        <RunLinks run={run} />
      </Group>
      {active && <IterationProgress active={active} />}
    </Box>
  )
}

/** Method, model, data and times, as one line. */
function summaryOf(run: RunRecord): string {
  const { plan, startedAt, endedAt, createdAt, iteration, iterations } = run
  return [
    methodName(run),
    shortPath(plan.model.path),
    shortPath(plan.data.train.path),
    plan.adaptation.kind === 'lora' ? `LoRA r ${plan.adaptation.r}` : 'all parameters',
    `iteration ${formatCount(iteration)} of ${formatCount(iterations)}`,
    startedAt === null ? `created ${formatTime(createdAt)}` : `started ${formatTime(startedAt)}`,
    ...(endedAt === null ? [] : [`ended ${formatTime(endedAt)}`]),
  ].join(' · ')
}

const PausedMark = () => (
  <Group gap={4} wrap="nowrap">
    <IconPlayerPause size={15} color="var(--quiet)" aria-hidden />
    <Text size="sm">paused</Text>
  </Group>
)

function IterationProgress({ active }: { readonly active: ActiveRun }) {
  const { iteration, iterations, secondsLeft, state } = active
  const share = (100 * iteration) / Math.max(1, iterations)
  const left = secondsLeft === null || state !== 'running' ? '' : ` · ${formatDuration(secondsLeft)} left`
  return (
    <Group gap="md" mt={6}>
      <Text size="sm" miw={120} style={{ whiteSpace: 'nowrap' }}>
        {doing(active)}
      </Text>
      <Progress
        value={share}
        size="sm"
        style={{ flex: '1 1 120px' }}
        aria-label={`${Math.round(share)} % of the iterations are done`}
      />
      <Text size="sm" style={{ whiteSpace: 'nowrap' }}>
        {`iteration ${formatCount(iteration)} of ${formatCount(iterations)}${left}`}
      </Text>
    </Group>
  )
}
