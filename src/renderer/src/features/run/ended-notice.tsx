import { Text } from '@mantine/core'
import { accuracyWords, afterWords } from '@renderer/lib/accuracy-words'
import { formatBytes, plural } from '@renderer/lib/format'
import { bestEvaluation } from '@shared/best-evaluation'
import type { ActiveRun, RunDetails } from '@shared/contract/runs'
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'

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
    />
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

interface NoticeProps {
  readonly text: string
  readonly title?: string | undefined
  readonly isWarning?: boolean
}

function Notice({ text, title, isWarning = false }: NoticeProps) {
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
      </div>
    </div>
  )
}
