/** A model's files, and a check that reads every byte, with its progress and result. */
import { Button, Group, Progress, Stack, Text } from '@mantine/core'
import { api } from '@renderer/lib/api'
import { messageOf } from '@renderer/lib/errors'
import { formatBytes, formatTime } from '@renderer/lib/format'
import type { ChecksumEvent, ModelDetails, ModelItem } from '@shared/contract/models'
import { useEffect, useRef, useState } from 'react'
import { FileTable } from './file-table'

type Finished = Extract<ChecksumEvent, { type: 'done' }>
type State =
  | { readonly is: 'idle' }
  | { readonly is: 'running'; readonly file: string; readonly done: number; readonly total: number }
  | { readonly is: 'finished'; readonly result: Finished }
  | { readonly is: 'failed'; readonly message: string }

/** One sentence on how the checksums compare. */
function verdictOf({ comparedWith, different }: Finished): string {
  if (different.length > 0) {
    const since = comparedWith === 'manifest' ? 'the checkpoint as it was written' : 'the last check'
    return `Different from ${since}: ${different.join(', ')}. Copy the files again.`
  }
  if (comparedWith === 'manifest') return 'Every byte is the same as when the checkpoint was written.'
  if (comparedWith === 'earlier') return 'Every byte is the same as at the last check.'
  return 'Every byte could be read. Compare the checksums with those of the model’s source.'
}

export function ModelFiles({ item, details }: { readonly item: ModelItem; readonly details: ModelDetails }) {
  const [state, setState] = useState<State>({ is: 'idle' })
  const running = useRef<AbortController | null>(null)
  useEffect(() => () => running.current?.abort(), [])

  const start = async () => {
    const controller = new AbortController()
    running.current = controller
    setState({ is: 'running', file: '', done: 0, total: 0 })
    try {
      for await (const event of await api.models.checksum({ id: item.id }, { signal: controller.signal })) {
        if (event.type === 'done') setState({ is: 'finished', result: event })
        else setState({ is: 'running', file: event.file, done: event.done, total: event.total })
      }
    } catch (error) {
      setState(controller.signal.aborted ? { is: 'idle' } : { is: 'failed', message: messageOf(error) })
    }
  }
  const finished = state.is === 'finished' ? state.result.checksums : null
  const known = finished ?? details.checksums
  return (
    <Stack gap="sm">
      <FileTable files={details.files} checksums={known} />
      <Group gap="sm">
        {state.is === 'running' ? (
          <Button variant="default" onClick={() => running.current?.abort()}>
            Stop reading
          </Button>
        ) : (
          <Button variant="default" onClick={() => void start()}>
            Check every byte
          </Button>
        )}
        {state.is === 'idle' && known && (
          <Text size="xs" className="quiet">
            last checked {formatTime(known.at)}
          </Text>
        )}
      </Group>
      {state.is === 'running' && <PassProgress {...state} />}
      {state.is === 'failed' && (
        <Text size="sm" role="alert" fw={600}>
          {state.message}
        </Text>
      )}
      {state.is === 'finished' && (
        <Text size="sm" role="status" fw={state.result.different.length > 0 ? 600 : 400}>
          {verdictOf(state.result)}
        </Text>
      )}
    </Stack>
  )
}

function PassProgress({ file, done, total }: { readonly file: string; readonly done: number; readonly total: number }) {
  return (
    <Stack gap={4}>
      <Progress value={total > 0 ? (100 * done) / total : 0} animated aria-label="Bytes read" />
      <Text size="xs" className="quiet">
        {total > 0 ? `${file}: ${formatBytes(done)} of ${formatBytes(total)}` : 'starting'}
      </Text>
    </Stack>
  )
}
