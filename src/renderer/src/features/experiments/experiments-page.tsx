import { Anchor, Button, List, Progress, Table, Text } from '@mantine/core'
import { Page } from '@renderer/components/page'
import { EmptyState, ErrorState, LoadingRows } from '@renderer/components/states'
import { api, queries } from '@renderer/lib/api'
import { useCache } from '@renderer/lib/cache'
import { formatTime, plural } from '@renderer/lib/format'
import type { StudySummary } from '@shared/contract/studies'
import { studySchema } from '@shared/schemas/study'
import { exampleStudy } from '@shared/study/example'
import { IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useLocation } from 'wouter'
import './experiments.css'
import { StateMark } from './state-mark'
import { tellFailure } from './study-actions'
import { StudyButtons } from './study-buttons'
import { progressWords, settled, timeLeftWords } from './words'

const NEW = '/experiments/new'

/** All studies, newest first. */
export function ExperimentsPage() {
  const [, go] = useLocation()
  const { data, error, isPending, refetch } = useQuery(queries.studies.list.queryOptions({}))
  return (
    <Page
      title="Experiments"
      subtitle={data && data.length > 0 && <Text className="quiet">{plural(data.length, 'experiment')}</Text>}
      actions={
        <Button leftSection={<IconPlus size={14} />} onClick={() => go(NEW)}>
          New experiment
        </Button>
      }
    >
      {isPending && <LoadingRows />}
      {error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data?.length === 0 && <Explanation onBegin={() => go(NEW)} />}
      {data && data.length > 0 && <StudyTable studies={data} />}
    </Page>
  )
}

const Explanation = ({ onBegin }: { readonly onBegin: () => void }) => (
  <EmptyState
    title="Find out whether a change really helps"
    text="One run can be better than another by luck. An experiment trains each variant several times and tells you how sure the difference is."
    action={{ label: 'Set up an experiment', onClick: onBegin }}
  >
    <List size="sm" spacing={6} mt="md" type="ordered">
      <List.Item>You choose what to compare: for example the same plan with guidance and without.</List.Item>
      <List.Item>
        Each variant (an “arm”) is trained with the same seeds, one run after another. You can pause at any time.
      </List.Item>
      <List.Item>
        The arms are compared seed by seed, problem by problem. The verdict is a sentence with an interval; what counts
        is fixed before the start.
      </List.Item>
    </List>
    <ExampleButton />
  </EmptyState>
)

/** Starts the example's study and opens it. */
function ExampleButton() {
  const [, go] = useLocation()
  const { studies } = useCache()
  const { mutate, isPending } = useMutation({
    mutationFn: () => api.studies.create({ document: studySchema.parse(exampleStudy(1)) }),
    onSuccess: ({ id }) => {
      void studies.changed()
      go(`/experiments/${id}`)
    },
    onError: tellFailure('The example was not started'),
  })
  return (
    <Button variant="default" mt="xs" loading={isPending} onClick={() => mutate()}>
      Try it with the example: with guidance and without (about five minutes)
    </Button>
  )
}

const StudyTable = ({ studies }: { readonly studies: readonly StudySummary[] }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keyboard
  <section className="panel experiments-scroll" aria-label="Experiments, scrollable" tabIndex={0}>
    <Table aria-label="Experiments" className="experiments-table" miw={940}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th w="28%">Experiment</Table.Th>
          <Table.Th>Verdict</Table.Th>
          <Table.Th w={92}>State</Table.Th>
          <Table.Th w={170}>Runs</Table.Th>
          <Table.Th w={206}>
            <span className="experiments-hidden">Actions</span>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {studies.map((study) => (
          <StudyRow key={study.id} study={study} />
        ))}
      </Table.Tbody>
    </Table>
  </section>
)

function StudyRow({ study }: { readonly study: StudySummary }) {
  const { id, name, question, state, runs, verdict, createdAt, arms, tasks, seeds, error, isElsewhere } = study
  const size = [plural(arms, 'arm'), ...(tasks > 1 ? [plural(tasks, 'task')] : []), plural(seeds, 'seed')].join(' × ')
  const left = timeLeftWords(study)
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={400}>
        <Anchor href={`#/experiments/${id}`} size="sm" fw={600} className="experiments-wrap">
          {name}
        </Anchor>
        {question && (
          <Text size="xs" lineClamp={2}>
            {question}
          </Text>
        )}
        <Text size="xs" className="quiet">
          {size} · {formatTime(createdAt)}
        </Text>
      </Table.Th>
      <Table.Td>
        {error && (
          <Text size="sm" c="var(--hurt)" className="experiments-wrap">
            {error.message}
          </Text>
        )}
        <Text size="sm" className={verdict ? 'experiments-wrap' : 'quiet'}>
          {verdict ?? 'Nothing can be compared yet.'}
        </Text>
      </Table.Td>
      <Table.Td>
        <StateMark state={state} />
        {isElsewhere && (
          <Text size="xs" className="quiet">
            in another program
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Text size="sm">{progressWords(runs)}</Text>
        {state !== 'done' && (
          <Progress
            size="sm"
            my={4}
            value={(100 * settled(runs)) / runs.total}
            aria-label={`${settled(runs)} of ${runs.total} runs need no more work`}
          />
        )}
        <Text size="xs" className="quiet">
          {left}
        </Text>
      </Table.Td>
      <Table.Td>
        <div className="experiments-buttons">
          <StudyButtons study={study} isNamed onRemoved={() => {}} />
        </div>
      </Table.Td>
    </Table.Tr>
  )
}
