/** Changes to runs: shown at once, sent to the program, and corrected by its answer. */
import { Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { resumeRun } from '@renderer/actions/resume-run'
import { api } from '@renderer/lib/api'
import { useCache } from '@renderer/lib/cache'
import { messageOf } from '@renderer/lib/errors'
import { plural } from '@renderer/lib/format'
import type { RunListItem } from '@shared/schemas/run'
import { useMemo } from 'react'

/** Milliseconds the notification with "Undo" stays. */
const UNDO_SHOWN = 10_000

type Patch = Partial<Pick<RunListItem, 'name' | 'note' | 'tags' | 'isArchived'>>

export interface RunActions {
  update(id: string, patch: Patch): Promise<void>
  archive(ids: readonly string[], isArchived: boolean): Promise<void>
  remove(ids: readonly string[], files: boolean): Promise<void>
  resume(id: string): Promise<void>
  leaveQueue(id: string): Promise<void>
  showFolder(id: string): Promise<void>
}

const names = (runs: readonly RunListItem[], ids: readonly string[]): string => {
  const only = ids.length === 1 ? runs.find(({ id }) => id === ids[0]) : undefined
  return only ? `“${only.name}”` : plural(ids.length, 'run')
}

function offerUndo(message: string, undo: () => Promise<unknown>): void {
  const id = notifications.show({
    autoClose: UNDO_SHOWN,
    withBorder: true,
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{message}</Text>
        <Button
          variant="default"
          style={{ flexShrink: 0 }}
          onClick={() => {
            notifications.hide(id)
            void undo()
          }}
        >
          Undo
        </Button>
      </Group>
    ),
  })
}

const tellFailure = (title: string, error: unknown): void =>
  void notifications.show({ color: 'orange', title, message: messageOf(error), autoClose: false })

export function useRunActions(): RunActions {
  const { runs: cache } = useCache()
  return useMemo(() => {
    const { list, show } = cache
    const patch = (ids: readonly string[], values: Patch) =>
      show((runs) => runs.map((run) => (ids.includes(run.id) ? { ...run, ...values } : run)))
    const attempt = async (what: string, work: () => Promise<unknown>): Promise<boolean> => {
      try {
        await work()
        return true
      } catch (error) {
        tellFailure(what, error)
        return false
      } finally {
        void cache.listChanged()
      }
    }
    const archive = (ids: readonly string[], isArchived: boolean) => {
      patch(ids, { isArchived })
      const what = `Could not ${isArchived ? 'archive' : 'unarchive'} ${names(list(), ids)}`
      return attempt(what, () => api.runs.archive({ ids: [...ids], isArchived }))
    }
    return {
      async update(id, values) {
        patch([id], values)
        const { tags, ...rest } = values
        await attempt('The change could not be saved', () =>
          api.runs.update({ id, ...rest, ...(tags ? { tags: [...tags] } : {}) }),
        )
      },
      async archive(ids, isArchived) {
        const message = `${names(list(), ids)} ${isArchived ? 'archived' : 'no longer archived'}.`
        if (await archive(ids, isArchived)) offerUndo(message, () => archive(ids, !isArchived))
      },
      async remove(ids, files) {
        const what = names(list(), ids)
        show((runs) => runs.filter(({ id }) => !ids.includes(id)))
        if (!(await attempt(`Could not delete ${what}`, () => api.runs.remove({ ids: [...ids], files })))) return
        offerUndo(`${what} deleted${files ? ', with files' : ''}.`, () =>
          attempt(`Could not bring ${what} back`, () => api.runs.restore({ ids: [...ids] })),
        )
      },
      async resume(id) {
        const name = names(list(), [id])
        const titles = { refused: `Could not start ${name}`, resumed: `${name} goes on` }
        await attempt(titles.refused, () => resumeRun(id, titles))
      },
      async showFolder(id) {
        await attempt('The folder was not opened', () => api.system.showRunFolder({ id }))
      },
      async leaveQueue(id) {
        await attempt(`Could not remove ${names(list(), [id])} from the queue`, () => api.runs.stop({ id }))
      },
    }
  }, [cache])
}
