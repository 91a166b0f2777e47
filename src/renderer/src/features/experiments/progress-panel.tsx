import { Anchor, Progress, Text, Title } from '@mantine/core'
import { useLive } from '@renderer/lib/live'
import type { StudyCell, StudyDetails } from '@shared/contract/studies'
import { progressWords, settled, timeLeftWords } from './words'

/** How far the queue of the study's runs is, what runs now and what comes next. */
export function ProgressPanel({ details }: { readonly details: StudyDetails }) {
  const { summary, cells, document } = details
  const { active, queue } = useLive()
  const { state, runs, isElsewhere } = summary
  const share = (100 * settled(runs)) / runs.total
  const now = cells.find(({ status }) => status === 'running')
  const next = cells.find((cell) => cell !== now && isOpen(cell))
  const placed = ({ task, arm, seed }: StudyCell) =>
    [...(document.tasks.length > 1 ? [task] : []), arm, `seed ${seed}`].join(', ')
  const isBehind = now === undefined && state === 'running' && active !== null
  return (
    <section className="panel experiments-panel" aria-labelledby="progress">
      <Title order={2} id="progress" mb={4}>
        Progress
      </Title>
      <Text size="sm">{progressWords(runs)}</Text>
      <Progress size="sm" my={6} value={share} aria-label={`${Math.round(share)} % of the runs need no more work`} />
      <Text size="sm" className="quiet">
        {timeLeftWords(summary)}
      </Text>
      <dl className="experiments-facts" style={{ marginTop: 6 }}>
        {now && (
          <>
            <dt>Now</dt>
            <dd>
              <Anchor size="sm" href={`#/runs/${now.run}`}>
                {placed(now)}
              </Anchor>
              , iteration {active?.id === now.run ? active.iteration : now.iteration} of {now.iterations}
            </dd>
          </>
        )}
        {next && state !== 'done' && (
          <>
            <dt>Next</dt>
            <dd>{placed(next)}</dd>
          </>
        )}
      </dl>
      {state === 'queued' && <Text size="sm">It begins when the experiment before it has ended or pauses.</Text>}
      {isBehind && (
        <Text size="sm">
          Its next run waits until {active.name} ends{queue.length > 1 ? `; ${queue.length} runs wait` : ''}.
        </Text>
      )}
      {isElsewhere && <Text size="sm">Another program drives it, for example gpo study: pause it there.</Text>}
      {state === 'paused' && <Text size="sm">Paused: nothing runs. Finished runs are kept.</Text>}
    </section>
  )
}

const isOpen = ({ status }: StudyCell) => status !== 'completed' && status !== 'leftOut' && status !== 'failed'
