import { Box, Group, Progress, Text } from '@mantine/core'
import type { ActiveRun } from '@shared/contract/runs'
import type { RunRecord } from '@shared/schemas/run'
import { useEffect } from 'react'
import { EditableName } from '../../components/editable-name'
import { RunStatusMark } from '../../components/status'
import { formatDuration, formatPercent, formatTime } from '../../lib/format'
import { methodName, shortPath } from '../../lib/run-names'
import { useRunUpdate } from './run-actions'
import { RunControls, RunLinks } from './run-controls'

interface RunHeaderProps {
  readonly run: RunRecord
  readonly active: ActiveRun | null
}

/** What the run is, how it stands, and what can be done with it. */
export function RunHeader({ run, active }: RunHeaderProps) {
  const update = useRunUpdate(run.id)
  useEffect(() => {
    document.title = `${run.name} · GPO Studio`
  }, [run.name])
  return (
    <Box mb="sm">
      <Group justify="space-between" wrap="nowrap" gap="lg" align="center">
        <Group gap="md" wrap="nowrap" style={{ minWidth: 0 }}>
          <EditableName name={run.name} of="run" order={1} onRename={(name) => update({ name })} />
          {active ? <Doing active={active} /> : <RunStatusMark status={run.status} />}
        </Group>
        <RunControls run={run} active={active} />
      </Group>
      <Group justify="space-between" wrap="nowrap" gap="lg" mt={2}>
        <Text size="sm" className="quiet clip">
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
  const spent = startedAt !== null && endedAt !== null ? (endedAt - startedAt) / 1000 : null
  return [
    methodName(run),
    shortPath(plan.model.path),
    shortPath(plan.data.train.path),
    plan.adaptation.kind === 'lora' ? `LoRA r ${plan.adaptation.r}` : 'all parameters',
    `iteration ${iteration} of ${iterations}`,
    startedAt === null ? `made ${formatTime(createdAt)}` : `started ${formatTime(startedAt)}`,
    ...(spent === null ? [] : [`took ${formatDuration(spent)}`]),
  ].join(' · ')
}

const PENDING = {
  checkpoint: 'checkpoint after this iteration',
  evaluation: 'evaluation after this iteration',
  pause: 'pause after this iteration',
} as const

/** True while the iteration under way when the person asked is still going on. */
const isBetween = ({ phase, iteration }: ActiveRun) => phase === null || phase.iteration <= iteration

/** What a running run does right now, in words. */
function Doing({ active }: { readonly active: ActiveRun }) {
  const { state, phase, pending } = active
  const asked = pending.map((one) => PENDING[one])
  const now =
    phase === null ? 'starting' : `${phase.phase} ${phase.total > 1 ? formatPercent(phase.done / phase.total, 0) : ''}`
  const words = {
    running: now,
    paused: isBetween(active) ? 'paused' : `${now}, pauses after this iteration`,
    stopping: `${now}, stops after this iteration`,
  }[state]
  return (
    <Group gap="sm" wrap="nowrap" style={{ flexShrink: 0 }}>
      <RunStatusMark status="running" />
      <Text size="sm" className="quiet" style={{ whiteSpace: 'nowrap' }}>
        {[words.trim(), ...asked].join(' · ')}
      </Text>
    </Group>
  )
}

function IterationProgress({ active }: { readonly active: ActiveRun }) {
  const { iteration, iterations, secondsLeft, state } = active
  const share = (100 * iteration) / Math.max(1, iterations)
  const left = secondsLeft === null || state !== 'running' ? '' : ` · ${formatDuration(secondsLeft)} left`
  return (
    <Group gap="md" wrap="nowrap" mt={6}>
      <Progress
        value={share}
        size="sm"
        style={{ flex: 1 }}
        aria-label={`${Math.round(share)} % of the iterations are done`}
      />
      <Text size="sm" style={{ whiteSpace: 'nowrap' }}>
        {`iteration ${iteration} of ${iterations}${left}`}
      </Text>
    </Group>
  )
}
