import { Button, Group, Text, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { api, queries } from '@renderer/lib/api'
import { useCache } from '@renderer/lib/cache'
import { messageOf } from '@renderer/lib/errors'
import { formatDuration, plural } from '@renderer/lib/format'
import { useLive } from '@renderer/lib/live'
import { saveText } from '@renderer/lib/save-text'
import type { Study } from '@shared/schemas/study'
import { IconAlertCircle, IconCircleCheck, IconDeviceFloppy, IconLoader2, IconPlayerPlay } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useLocation } from 'wouter'

/** Milliseconds after the last change. */
const TYPING = 300

/** Whether the study can be started, how many runs it has and how long they take. */
export function StartCard({ document }: { readonly document: Study }) {
  const [, go] = useLocation()
  const { active } = useLive()
  const { studies } = useCache()
  const [settled] = useDebouncedValue(document, TYPING)
  const isNamed = document.name.trim() !== ''
  const { data, error, isFetching } = useQuery({
    ...queries.studies.check.queryOptions({ input: { document: settled } }),
    enabled: settled.name.trim() !== '',
    staleTime: 0,
    placeholderData: (before) => before,
  })
  const isChecking = isFetching || settled !== document
  const start = useMutation({
    mutationFn: () => api.studies.create({ document }),
    onSuccess: ({ id }) => {
      void studies.changed()
      go(`/experiments/${id}`)
    },
  })
  const problems = data?.problems ?? []
  const isReady = !isChecking && !error && data !== undefined && problems.length === 0 && isNamed
  return (
    <section className="panel experiments-panel" aria-labelledby="readiness">
      <Group gap="xs" wrap="nowrap" aria-live="polite" mb={6}>
        {isChecking ? (
          <IconLoader2 size={18} color="var(--quiet)" />
        ) : isReady ? (
          <IconCircleCheck size={18} color="var(--helped)" />
        ) : (
          <IconAlertCircle size={18} color="var(--hurt)" />
        )}
        <Title order={2} id="readiness">
          {isChecking ? 'Checking all runs' : isReady ? 'Ready' : 'Not ready'}
        </Title>
      </Group>
      {!isChecking && error && (
        <Text size="sm" role="alert" c="var(--hurt)" className="experiments-wrap">
          {messageOf(error)}
        </Text>
      )}
      {problems.map(({ at, message }) => (
        <Text key={`${at} ${message}`} size="sm" className="experiments-wrap" c="var(--hurt)">
          {message}
        </Text>
      ))}
      {data?.warnings.map((warning) => (
        <Text key={warning} size="xs" className="quiet experiments-wrap">
          {warning}
        </Text>
      ))}
      {data && (
        <Text size="sm" my={6}>
          {plural(data.runs, 'run')}
          {data.seconds === null
            ? '; how long they take is known after the first one.'
            : `, about ${formatDuration(data.seconds)} by earlier runs like these.`}
        </Text>
      )}
      {active && (
        <Text size="xs" className="quiet clip" mb={6}>
          Begins after {active.name}
        </Text>
      )}
      <Button
        fullWidth
        size="sm"
        leftSection={<IconPlayerPlay size={16} />}
        disabled={!isReady}
        loading={start.isPending}
        onClick={() => start.mutate()}
      >
        Start experiment
      </Button>
      <Button
        variant="subtle"
        fullWidth
        mt={4}
        leftSection={<IconDeviceFloppy size={14} />}
        onClick={() => saveText('experiment.json', 'application/json', `${JSON.stringify(document, null, 2)}\n`)}
      >
        Save as a file
      </Button>
      {start.error && (
        <Text size="sm" c="var(--hurt)" role="alert" mt={6} className="experiments-wrap">
          {messageOf(start.error)}
        </Text>
      )}
    </section>
  )
}
