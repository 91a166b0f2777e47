import { Button, Checkbox, Group, List, Modal, Stack, Text } from '@mantine/core'
import { queries } from '@renderer/lib/api'
import { formatBytes, plural } from '@renderer/lib/format'
import type { RunListItem } from '@shared/schemas/run'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

const NAMED = 6

interface DeleteDialogProps {
  /** The selected runs; those that are running are not deleted. */
  readonly runs: readonly RunListItem[]
  readonly onDelete: (ids: readonly string[], files: boolean) => void
  readonly onClose: () => void
}

/** Asks before runs are deleted, and separately about their files. */
export function DeleteDialog({ runs, onDelete, onClose }: DeleteDialogProps) {
  const [withFiles, setWithFiles] = useState(false)
  const running = runs.filter(({ status }) => status === 'running')
  const going = runs.filter(({ status }) => status !== 'running')
  const ids = going.map(({ id }) => id)
  const files = useQuery({
    ...queries.runs.files.queryOptions({ input: { ids } }),
    enabled: ids.length > 0,
    staleTime: 0,
  })
  const title = going.length === 1 ? `Delete “${going[0]!.name}”?` : `Delete ${plural(going.length, 'run')}?`
  return (
    <Modal opened onClose={onClose} title={ids.length > 0 ? title : 'Nothing to delete'} size="md">
      <Stack gap="md">
        {running.length > 0 && (
          <Text size="sm">
            {running.length === 1 ? `“${running[0]!.name}” is running` : `${plural(running.length, 'run')} are running`}{' '}
            and will not be deleted: stop it first.
          </Text>
        )}
        {going.length > 1 && (
          <List size="sm">
            {going.slice(0, NAMED).map(({ id, name }) => (
              <List.Item key={id}>{name}</List.Item>
            ))}
            {going.length > NAMED && <List.Item>and {plural(going.length - NAMED, 'other')}</List.Item>}
          </List>
        )}
        {ids.length > 0 && (
          <>
            <Text size="sm">
              This deletes plan, curves, evaluations, trajectories, tags and notes. “Undo” right afterwards brings them
              back.
            </Text>
            {files.data?.bytes === 0 ? (
              <Text size="sm">{going.length === 1 ? 'It has' : 'They have'} no files on disk.</Text>
            ) : (
              <Checkbox
                checked={withFiles}
                onChange={(event) => setWithFiles(event.currentTarget.checked)}
                label={<>Also delete the files: {describeFiles(files)}</>}
                description="Without them the weights cannot be exported, tried or trained further."
              />
            )}
          </>
        )}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {ids.length > 0 ? 'Cancel' : 'Close'}
          </Button>
          {ids.length > 0 && (
            <Button
              color="#b93a00"
              data-autofocus
              onClick={() => {
                onClose()
                onDelete(ids, withFiles)
              }}
            >
              {withFiles ? 'Delete with files' : 'Delete'}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  )
}

interface FilesQuery {
  readonly data?: { readonly bytes: number; readonly checkpoints: number }
  readonly isError: boolean
}

function describeFiles({ data, isError }: FilesQuery): string {
  if (isError) return 'checkpoints (size unknown)'
  if (!data) return 'checkpoints (measuring their size…)'
  return `${plural(data.checkpoints, 'checkpoint')}, ${formatBytes(data.bytes)}`
}
