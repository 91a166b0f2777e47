import { Anchor, Button, type ButtonProps, Group } from '@mantine/core'
import { canAskGuidance, GUIDANCE_QUESTION, guidanceAddress } from '@renderer/actions/ask-guidance'
import { queries } from '@renderer/lib/api'
import { useLive } from '@renderer/lib/live'
import { isGuided } from '@renderer/lib/run-names'
import type { ActiveRun } from '@shared/contract/runs'
import { isEvaluated } from '@shared/plan/evaluated'
import type { RunRecord } from '@shared/schemas/run'
import { IconChartHistogram, IconDeviceFloppy, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { type RunAction, useRunAction } from './run-actions'
import { StopMenu } from './stop-menu'

interface ActionButtonProps extends ButtonProps {
  readonly run: string
  readonly action: RunAction
  readonly children: ReactNode
}

function ActionButton({ run, action, children, disabled, ...rest }: ActionButtonProps) {
  const { act, isActing } = useRunAction(run, action)
  return (
    <Button variant="default" {...rest} loading={isActing} disabled={disabled ?? false} onClick={act}>
      {children}
    </Button>
  )
}

const canResume = ({ status, isReadOnly }: RunRecord) =>
  !isReadOnly && (status === 'stopped' || status === 'interrupted' || status === 'failed' || status === 'queued')

/** The buttons that the state of the run allows. */
export function RunControls({ run, active }: { readonly run: RunRecord; readonly active: ActiveRun | null }) {
  const { queue, active: other } = useLive()
  if (active) return <SteeringButtons active={active} run={run} />
  if (queue.includes(run.id))
    return (
      <Group gap="sm" wrap="nowrap">
        <ActionButton run={run.id} action="startNext" disabled={queue[0] === run.id}>
          Start next
        </ActionButton>
        <ActionButton run={run.id} action="stop">
          Remove from the queue
        </ActionButton>
      </Group>
    )
  if (!canResume(run)) return null
  return (
    <ActionButton run={run.id} action="resume" variant="filled" leftSection={<IconPlayerPlay size={14} />}>
      {other ? 'Queue' : run.iteration === 0 ? 'Start' : 'Resume'}
    </ActionButton>
  )
}

function SteeringButtons({ active, run }: { readonly active: ActiveRun; readonly run: RunRecord }) {
  const { id, state, pending } = active
  const isSteady = state === 'running' || state === 'paused'
  return (
    <Group gap="sm">
      {isSteady && (
        <>
          <ActionButton
            run={id}
            action="checkpointNow"
            disabled={pending.includes('checkpoint')}
            leftSection={<IconDeviceFloppy size={14} />}
          >
            Checkpoint now
          </ActionButton>
          {isEvaluated(run.plan) && (
            <ActionButton
              run={id}
              action="evaluateNow"
              disabled={pending.includes('evaluation')}
              leftSection={<IconChartHistogram size={14} />}
            >
              Evaluate now
            </ActionButton>
          )}
        </>
      )}
      {state === 'running' &&
        (pending.includes('pause') ? (
          <ActionButton run={id} action="resume" leftSection={<IconPlayerPlay size={14} />}>
            Do not pause
          </ActionButton>
        ) : (
          <ActionButton run={id} action="pause" leftSection={<IconPlayerPause size={14} />}>
            Pause
          </ActionButton>
        ))}
      {state === 'paused' && (
        <ActionButton
          run={id}
          action="resume"
          variant="filled"
          disabled={pending.includes('continue')}
          leftSection={<IconPlayerPlay size={14} />}
        >
          Resume
        </ActionButton>
      )}
      <StopMenu active={active} isEvaluated={isEvaluated(run.plan)} />
    </Group>
  )
}

/** Links from a run to other pages. */
export function RunLinks({ run }: { readonly run: RunRecord }) {
  const { data: info } = useQuery(queries.system.info.queryOptions({}))
  const { data: runs } = useQuery(queries.runs.list.queryOptions({}))
  const study = runs?.find(({ id }) => id === run.id)?.study
  const { act } = useRunAction(run.id, 'showFolder')
  return (
    <Group gap="md" style={{ rowGap: 2 }} component="nav" aria-label="From this run">
      <Anchor size="sm" href={`#/explorer/${run.id}`}>
        {isGuided(run) ? 'Explore critical steps' : 'Explore trajectories'}
      </Anchor>
      {canAskGuidance(run.objective) && (
        <Anchor size="sm" href={`#${guidanceAddress(run.id)}`}>
          {GUIDANCE_QUESTION}
        </Anchor>
      )}
      {study && (
        <Anchor
          size="sm"
          href={`#/experiments/${study.study}`}
          title={`${study.studyName}: ${study.arm}, seed ${study.seed}`}
        >
          Its experiment
        </Anchor>
      )}
      <Anchor size="sm" href={`#/export/${run.id}`}>
        Export
      </Anchor>
      <Anchor size="sm" href={`#/new?from=${run.id}`}>
        Clone as new run
      </Anchor>
      {info?.hasDialogs && (
        <Anchor size="sm" component="button" type="button" onClick={act}>
          Show folder
        </Anchor>
      )}
    </Group>
  )
}
