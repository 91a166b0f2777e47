import { Alert, Button, Group, Progress, Stack, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { api, queries } from '@renderer/lib/api'
import { useCache } from '@renderer/lib/cache'
import { messageOf } from '@renderer/lib/errors'
import { formatBytes, formatCount, formatDuration } from '@renderer/lib/format'
import { type ExportFormat, type ExportOutcome, MODEL_FORMATS, type Transfer } from '@shared/contract/exports'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useLocation } from 'wouter'
import { CodeBlock } from './code-block'

const WORDS = {
  export: { doing: 'Exporting', done: 'Exported', failed: 'was not exported', cancelled: 'The export was cancelled' },
  import: { doing: 'Opening', done: 'Opened', failed: 'was not opened', cancelled: 'The import was cancelled' },
} as const

function Working({ transfer }: { readonly transfer: Transfer }) {
  const cancel = useMutation(queries.exports.cancel.mutationOptions())
  const { kind, subject, label, done, total, seconds } = transfer
  const share = total > 0 ? (100 * done) / total : 0
  return (
    <Group gap="lg" wrap="nowrap">
      <Stack gap={4} style={{ flex: 1, minWidth: 0 }}>
        <Group justify="space-between" wrap="nowrap">
          <Text size="sm" fw={600} className="clip">
            {WORDS[kind].doing} {subject}
          </Text>
          <Text size="sm" className="quiet" style={{ whiteSpace: 'nowrap' }}>
            {label}
            {total > 0 && ` · ${Math.round(share)} %`} · {formatDuration(seconds)}
          </Text>
        </Group>
        <Progress value={share} size="sm" aria-label={`${Math.round(share)} % done`} />
      </Stack>
      <Button variant="default" onClick={() => cancel.mutate({})} loading={cancel.isPending}>
        Cancel
      </Button>
    </Group>
  )
}

/** What a person does next with a file. */
function ExportActions({ format }: { readonly format: ExportFormat }) {
  const [, go] = useLocation()
  const cache = useCache()
  const { data: info } = useQuery(queries.system.info.queryOptions({}))
  const tell = (title: string) => (error: unknown) =>
    notifications.show({ color: 'orange', title, message: messageOf(error), autoClose: false })
  const show = useMutation({ mutationFn: () => api.exports.show({}), onError: tell('The folder was not opened') })
  const open = useMutation({
    mutationFn: async () => {
      const { path } = await api.exports.keep({})
      await cache.modelsChanged()
      go(`/playground?model=${encodeURIComponent(path)}`)
    },
    onError: tell('The model was not opened'),
  })
  return (
    <>
      {MODEL_FORMATS.includes(format) && (
        <Button
          variant="default"
          title="Adds it to the models and opens it in the playground"
          loading={open.isPending}
          onClick={() => open.mutate()}
        >
          Open in playground
        </Button>
      )}
      {info?.hasDialogs && (
        <Button variant="default" loading={show.isPending} onClick={() => show.mutate()}>
          Show in folder
        </Button>
      )}
    </>
  )
}

function Outcome({ outcome }: { readonly outcome: ExportOutcome }) {
  const { bytes, count, unit, out, verified, next } = outcome
  return (
    <Stack gap="sm">
      <Text size="sm">
        {formatCount(count)} {unit}, {formatBytes(bytes)} in <span className="mono">{out}</span>
      </Text>
      <Text size="sm" className="quiet">
        {verified}
      </Text>
      <Title order={3}>Next steps</Title>
      {next.map(({ text, code }) => (
        <CodeBlock key={text} label={text} code={code} />
      ))}
    </Stack>
  )
}

/** The running export or import, or the result of the last one until it is dismissed. */
export function TransferPanel({ transfer }: { readonly transfer: Transfer | null }) {
  const [, go] = useLocation()
  const dismiss = useMutation(queries.exports.dismiss.mutationOptions())
  if (!transfer) return null
  const { kind, state, subject, error, exported, imported, seconds } = transfer
  const words = WORDS[kind]
  if (state === 'running')
    return (
      <section className="panel" style={{ padding: 'var(--mantine-spacing-md)' }} aria-label="In progress">
        <Working transfer={transfer} />
      </section>
    )
  const close = (
    <Button variant="subtle" onClick={() => dismiss.mutate({})}>
      Close
    </Button>
  )
  if (state === 'failed')
    return (
      <Alert color="orange" icon={<IconAlertTriangle />} title={`${subject} ${words.failed}`} role="alert">
        <Text size="sm" mb="sm">
          {error}
        </Text>
        {close}
      </Alert>
    )
  return (
    <section className="panel" style={{ padding: 'var(--mantine-spacing-md)' }} aria-label="Result">
      <Group justify="space-between" wrap="nowrap" mb={state === 'done' ? 'sm' : 0}>
        <Title order={2} className="clip" aria-live="polite">
          {state === 'cancelled' ? `${words.cancelled}: nothing was kept` : `${words.done} ${subject}`}
          {state === 'done' && <span className="quiet"> in {formatDuration(seconds)}</span>}
        </Title>
        <Group gap="sm" wrap="nowrap">
          {imported && <Button onClick={() => go(`/runs/${imported.id}`)}>Open the run</Button>}
          {exported && <ExportActions format={transfer.format} />}
          {close}
        </Group>
      </Group>
      {exported && <Outcome outcome={exported} />}
      {imported && (
        <Text size="sm">
          {imported.name}, {formatCount(imported.trajectories)} trajectories. It is read-only and has the tag
          “imported”.
        </Text>
      )}
    </section>
  )
}
