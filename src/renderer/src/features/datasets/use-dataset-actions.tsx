/** The actions on datasets and their notifications. */
import { Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { api } from '@renderer/lib/api'
import { useCache } from '@renderer/lib/cache'
import { messageOf } from '@renderer/lib/errors'
import type { DatasetColumns, DatasetItem } from '@shared/contract/datasets'
import type { ChosenPath } from '@shared/contract/system'
import type { DatasetRole, Delimiter } from '@shared/schemas/dataset'
import type { VerifierConfig } from '@shared/schemas/verifier'
import { useState } from 'react'
import { uploadDataset } from './upload'

/** A file on its way from the browser. */
export interface Bringing {
  readonly name: string
  readonly done: number
  readonly total: number
  readonly cancel: () => void
}

interface Changes {
  readonly name?: string
  readonly columns?: DatasetColumns
  readonly assign?: { readonly place: string; readonly role: DatasetRole | null }
  readonly delimiter?: Delimiter | null
  readonly verifier?: VerifierConfig | null
}

export interface DatasetActions {
  readonly bringing: Bringing | null
  readonly add: (chosen: ChosenPath) => Promise<void>
  readonly addAll: (chosen: readonly ChosenPath[]) => Promise<void>
  readonly bringIn: (files: readonly File[]) => Promise<void>
  readonly change: (item: DatasetItem, changes: Changes) => Promise<void>
  readonly remove: (item: DatasetItem) => Promise<void>
}

async function telling(title: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    notifications.show({ color: 'orange', title, message: messageOf(error), autoClose: 15_000 })
  }
}

export function useDatasetActions(select: (id: string) => void): DatasetActions {
  const { datasetsChanged } = useCache()
  const [bringing, setBringing] = useState<Bringing | null>(null)
  const show = async (id: string) => {
    await datasetsChanged()
    select(id)
  }
  const add = async ({ grant }: ChosenPath) => show((await api.datasets.add({ grant })).id)

  const bringInOne = async (file: File) => {
    const controller = new AbortController()
    const progress = { name: file.name, total: file.size, cancel: () => controller.abort() }
    setBringing({ ...progress, done: 0 })
    const id = await uploadDataset(file, {
      signal: controller.signal,
      onProgress: (done) => setBringing({ ...progress, done }),
    })
    if (id !== null) await show(id)
  }
  const restore = (item: DatasetItem) =>
    telling(`${item.name} could not be restored`, async () => {
      await api.datasets.restore({ id: item.id })
      await show(item.id)
    })
  return {
    bringing,
    add,
    addAll: async (chosen) => {
      for (const one of chosen) await telling('The dataset was not added', () => add(one))
    },
    bringIn: async (files) => {
      for (const file of files) await telling(`${file.name} was not added`, () => bringInOne(file))
      setBringing(null)
    },
    change: (item, changes) =>
      telling(`${item.name} was not changed`, async () => {
        await api.datasets.update({ id: item.id, ...changes })
        await datasetsChanged()
      }),
    remove: (item) =>
      telling(`${item.name} could not be removed from the list`, async () => {
        await api.datasets.remove({ id: item.id })
        await datasetsChanged()
        const shown = notifications.show({
          autoClose: 12_000,
          message: <Removed name={item.name} onUndo={() => void restore(item).then(() => notifications.hide(shown))} />,
        })
      }),
  }
}

function Removed({ name, onUndo }: { readonly name: string; readonly onUndo: () => void }) {
  return (
    <Group justify="space-between" wrap="nowrap">
      <Text size="sm" lineClamp={2}>
        {name} was removed from the list. Its file is kept.
      </Text>
      <Button variant="default" style={{ flexShrink: 0 }} onClick={onUndo}>
        Undo
      </Button>
    </Group>
  )
}
