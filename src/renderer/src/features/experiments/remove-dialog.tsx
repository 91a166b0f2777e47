import { Button, Group, Modal, Radio, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { api } from '@renderer/lib/api'
import { useCache } from '@renderer/lib/cache'
import { plural } from '@renderer/lib/format'
import type { StudySummary } from '@shared/contract/studies'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { tellFailure } from './study-actions'

interface RemoveDialogProps {
  readonly study: StudySummary
  readonly onClose: () => void
  readonly onRemoved: () => void
}

/** Says what goes and what may stay before a study is removed. */
export function RemoveDialog({ study, onClose, onRemoved }: RemoveDialogProps) {
  const { studies } = useCache()
  const [runs, setRuns] = useState<'keep' | 'remove'>('keep')
  const begun = study.runs.total - study.runs.leftOut
  const { mutate, isPending } = useMutation({
    mutationFn: () => api.studies.remove({ id: study.id, runs }),
    onError: tellFailure('The experiment was not removed'),
    onSuccess: () => {
      notifications.show({ message: `“${study.name}” removed${runs === 'remove' ? ', with its runs' : ''}.` })
      onClose()
      onRemoved()
    },
    onSettled: () => studies.changed(),
  })
  return (
    <Modal opened onClose={onClose} title={`Remove “${study.name}”?`} size="md">
      <Stack gap="md">
        <Text size="sm">
          The question, what was fixed before the start, and the verdict are removed. This cannot be undone; export the
          report or the bundle first if you want to keep them.
        </Text>
        <Radio.Group
          value={runs}
          onChange={(value) => setRuns(value as typeof runs)}
          label={`Its ${plural(begun, 'run')}`}
        >
          <Stack gap="xs" mt={4}>
            <Radio size="xs" value="keep" label="Keep them as ordinary runs" data-autofocus />
            <Radio size="xs" value="remove" label="Remove them too, with their checkpoints" />
          </Stack>
        </Radio.Group>
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button color="#b93a00" loading={isPending} onClick={() => mutate()}>
            {runs === 'remove' ? 'Remove with its runs' : 'Remove'}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
