import { ActionIcon, Alert, Box, Button, Group, Progress, Stack, Table, Text, Title } from '@mantine/core'
import { ErrorState, LoadingRows } from '@renderer/components/states'
import { api, queries } from '@renderer/lib/api'
import { useCache } from '@renderer/lib/cache'
import { messageOf } from '@renderer/lib/errors'
import { formatBytes, formatDuration } from '@renderer/lib/format'
import type { DownloadEvent, HubKind } from '@shared/contract/hub'
import { IconX } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { FileChoice } from './file-choice'

interface RepositoryProps {
  readonly kind: HubKind
  readonly id: string
  readonly onClose: () => void
}

type Progressed = Extract<DownloadEvent, { type: 'progress' }>

/** What a repository holds, and its download. */
export function Repository({ kind, id, onClose }: RepositoryProps) {
  const [, go] = useLocation()
  const cache = useCache()
  /** Undefined until a person chooses. */
  const [file, setFile] = useState<string | null>()
  const wish = { kind, id, file }
  const contents = useQuery({
    ...queries.hub.contents.queryOptions({ input: wish }),
    placeholderData: keepPreviousData,
  })
  const [progress, setProgress] = useState<Progressed | null>(null)
  const [path, setPath] = useState<string | null>(null)
  const [error, setError] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const stop = useRef<AbortController | null>(null)
  useEffect(() => () => stop.current?.abort(), [])

  const download = async () => {
    const controller = new AbortController()
    stop.current = controller
    setBusy(true)
    setError(null)
    try {
      for await (const event of await api.hub.download(wish, { signal: controller.signal })) {
        if (event.type === 'progress') setProgress(event)
        else setPath(event.path)
      }
      void cache.downloaded(kind)
    } catch (failure) {
      if (!controller.signal.aborted) setError(messageOf(failure))
    } finally {
      setBusy(false)
      setProgress(null)
      void contents.refetch()
    }
  }

  if (contents.error) return <ErrorState title={id} error={contents.error} onRetry={() => void contents.refetch()} />
  if (!contents.data) return <LoadingRows rows={3} />
  const { license, isGated, bytes, here, files, commit } = contents.data
  const rate = progress ? progress.done / Math.max(0.1, progress.seconds) : 0
  return (
    <Box className="panel" p="lg" mb="lg" component="section" aria-label={id}>
      <Group justify="space-between" wrap="nowrap" mb="sm">
        <Title order={2} className="clip">
          {id}
        </Title>
        <ActionIcon onClick={onClose} aria-label="Close">
          <IconX size={16} />
        </ActionIcon>
      </Group>
      <Group gap="xl" mb="md">
        <Text size="sm">Licence: {license ?? 'not given: ask its author before you use it'}</Text>
        <Text size="sm">Size: {formatBytes(bytes)}</Text>
        {here > 0 && <Text size="sm">Already downloaded: {formatBytes(here)}</Text>}
        <Text size="sm">Access: {isGated ? 'gated: accept its terms on the hub and enter a token' : 'open'}</Text>
        <Text size="sm" className="quiet mono">
          {commit.slice(0, 12)}
        </Text>
      </Group>
      {error && (
        <Alert color="orange" mb="md" role="alert" title="The download did not finish">
          {error}
        </Alert>
      )}
      {contents.data.choices.length > 0 && (
        <FileChoice
          contents={file === undefined ? contents.data : { ...contents.data, file }}
          isDisabled={isBusy}
          onChoose={(chosen) => {
            setPath(null)
            setFile(chosen)
          }}
        />
      )}
      {path ? (
        <Group mb="md">
          <Text size="sm">It is on the list now.</Text>
          <Button onClick={() => go(`/new?${kind === 'model' ? 'model' : 'data'}=${encodeURIComponent(path)}`)}>
            Use in a new run
          </Button>
          <Button variant="default" onClick={() => go(kind === 'model' ? '/models' : '/datasets')}>
            {kind === 'model' ? 'Show models' : 'Show datasets'}
          </Button>
        </Group>
      ) : isBusy ? (
        <Stack gap={6} mb="md">
          <Group justify="space-between">
            <Text size="sm" aria-live="polite">
              {progress
                ? `${progress.file}: ${formatBytes(progress.done)} of ${formatBytes(progress.total)} · ${formatBytes(rate)}/s · ${formatDuration((progress.total - progress.done) / Math.max(1, rate))} left`
                : 'asking the hub'}
            </Text>
            <Button variant="default" onClick={() => stop.current?.abort()}>
              Stop; keep what has arrived
            </Button>
          </Group>
          <Progress
            value={progress ? (100 * progress.done) / Math.max(1, progress.total) : 0}
            aria-label="Downloaded"
          />
        </Stack>
      ) : (
        <Button mb="md" disabled={contents.isPlaceholderData} onClick={() => void download()}>
          {here > 0 && here < bytes ? 'Download the remaining' : 'Download'} {formatBytes(Math.max(0, bytes - here))}
        </Button>
      )}
      <Table aria-label="Files">
        <Table.Tbody>
          {files.map(({ name, bytes }) => (
            <Table.Tr key={name}>
              <Table.Td className="mono">{name}</Table.Td>
              <Table.Td className="numeric">{formatBytes(bytes)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Box>
  )
}
