/** Changes to runs: shown at once, sent to the program, and corrected by its answer. */
import { Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { offerToGoOn } from '@renderer/components/offer-to-go-on'
import { api, queries } from '@renderer/lib/api'
import { isChanged, messageOf } from '@renderer/lib/errors'
import { plural } from '@renderer/lib/format'
import type { RunListItem } from '@shared/schemas/run'
import { useQueryClient } from '@tanstack/react-query'
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

function tellRefusal(title: string, error: unknown, goOn: () => void): void {
  if (isChanged(error)) offerToGoOn({ title, message: messageOf(error), label: 'Resume with the changed files', goOn })
  else tellFailure(title, error)
}

export function useRunActions(): RunActions {
  const client = useQueryClient()
  return useMemo(() => {
    const { queryKey } = queries.runs.list.queryOptions({})
    const list = () => client.getQueryData(queryKey) ?? []
    const show = (change: (runs: readonly RunListItem[]) => readonly RunListItem[]) => {
      void client.cancelQueries({ queryKey })
      client.setQueryData(queryKey, (runs) => (runs ? change(runs) : runs))
    }
    const patch = (ids: readonly string[], values: Patch) =>
      show((runs) => runs.map((run) => (ids.includes(run.id) ? { ...run, ...values } : run)))
    const attempt = async (what: string, work: () => Promise<unknown>, tell = tellFailure): Promise<boolean> => {
      try {
        await work()
        return true
      } catch (error) {
        tell(what, error)
        return false
      } finally {
        void client.invalidateQueries({ queryKey: queries.runs.list.key() })
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
        const title = `Could not start ${names(list(), [id])}`
        const goOn = () => void attempt(title, () => api.runs.resume({ id, allowChanged: true }))
        await attempt(
          title,
          () => api.runs.resume({ id }),
          (what, error) => tellRefusal(what, error, goOn),
        )
      },
      async leaveQueue(id) {
        await attempt(`Could not remove ${names(list(), [id])} from the queue`, () => api.runs.stop({ id }))
      },
    }
  }, [client])
}
