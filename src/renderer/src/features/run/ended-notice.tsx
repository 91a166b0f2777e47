import { Button, Text } from '@mantine/core'
import { accuracyWords, afterWords } from '@renderer/lib/accuracy-words'
import { formatBytes, plural } from '@renderer/lib/format'
import { bestEvaluation } from '@shared/best-evaluation'
import type { ActiveRun, RunDetails } from '@shared/contract/runs'
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useRunAction } from './run-actions'

/** What a run waits for while another program or a full disk holds it up. */
export function HeldNotice({ active }: { readonly active: ActiveRun | null }) {
  return active === null || active.held === null ? null : (
    <Notice title="The run is paused" text={active.held} isWarning />
  )
}

/** Why a run has ended, what is kept of it, and what Resume would do. Nothing for a run that runs here or is complete. */
export function EndedNotice({ data, active }: { readonly data: RunDetails; readonly active: ActiveRun | null }) {
  const { run } = data
  if (active || run.status === 'queued') return null
  if (run.status === 'running')
    return <Notice text="It runs in another program. You can watch it here; pause or stop it where it was started." />
  const failed = run.status === 'failed' || run.status === 'interrupted'
  const why = run.error?.message ?? endedWords(data)
  const kept = run.status === 'completed' ? null : keptOf(data)
  const readOnly = run.isReadOnly ? 'It was imported from another installation and is read-only.' : null
  const text = [why, run.isReadOnly ? readOnly : kept].filter((part) => part !== null).join(' ')
  return text === '' ? null : (
    <Notice
      text={text}
      isWarning={failed}
      title={failed ? `The run ${run.status === 'failed' ? 'failed' : 'was interrupted'}` : undefined}
    >
      <FoundOnDisk data={data} />
    </Notice>
  )
}

/** Why a run without an error ended before its last iteration; null for one that was complete. */
function endedWords({ run, evaluations }: RunDetails): string | null {
  if (run.status === 'stopped') return `Stopped after iteration ${run.iteration}.`
  const best = bestEvaluation(evaluations)
  if (run.status !== 'completed' || best === null || run.iteration >= run.iterations) return null
  const { patience } = run.plan.evaluation
  return `Stopped early, after iteration ${run.iteration} of ${run.iterations}: ${plural(patience, 'evaluation')} in a row did not raise the held-out accuracy above its best, ${accuracyWords(best)}, ${afterWords(best)}.`
}

/** Which checkpoint is kept and where the run would resume. */
function keptOf({ checkpoints, run }: RunDetails): string {
  const newest = checkpoints.at(-1)
  if (!newest) return 'There is no checkpoint: resuming starts over from the starting model.'
  const lost = run.iteration - newest.iteration
  const again = lost > 0 ? ` ${lost === 1 ? 'One iteration is' : `${lost} iterations are`} repeated.` : ''
  return `The checkpoint of iteration ${newest.iteration} is kept (${formatBytes(newest.bytes)}); resuming continues from there.${again}`
}

/** A checkpoint that the database does not know, to go on from. */
function FoundOnDisk({ data: { run, unrecorded } }: { readonly data: RunDetails }) {
  const { act, isActing } = useRunAction(run.id, 'resumeFromDisk')
  const newest = unrecorded.at(-1)
  if (newest === undefined) return null
  return (
    <>
      <Text size="sm" mt="xs">
        A newer checkpoint, of iteration {newest.iteration}, is on disk, but not in the database. You can go on from it;
        metrics and trajectories since the one before are then missing. Resume repeats those iterations instead.
      </Text>
      <Button variant="default" size="xs" mt="xs" onClick={act} loading={isActing}>
        Resume from iteration {newest.iteration}
      </Button>
    </>
  )
}

interface NoticeProps {
  readonly children?: ReactNode
  readonly text: string
  readonly title?: string | undefined
  readonly isWarning?: boolean
}

function Notice({ text, title, isWarning = false, children }: NoticeProps) {
  const Mark = isWarning ? IconAlertTriangle : IconInfoCircle
  return (
    <div className="panel notice" role={isWarning ? 'alert' : 'note'} data-warning={isWarning || undefined}>
      <Mark size={18} color={isWarning ? 'var(--hurt)' : 'var(--quiet)'} aria-hidden style={{ flexShrink: 0 }} />
      <div>
        {title && (
          <Text size="sm" fw={600}>
            {title}
          </Text>
        )}
        <Text size="sm">{text}</Text>
        {children}
      </div>
    </div>
  )
}
