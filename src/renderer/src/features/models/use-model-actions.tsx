/** The actions on models and their notifications. */
import { Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { api } from '@renderer/lib/api'
import { useCache } from '@renderer/lib/cache'
import { messageOf } from '@renderer/lib/errors'
import type { ModelItem } from '@shared/contract/models'
import type { ChosenPath } from '@shared/contract/system'

export interface ModelActions {
  readonly rename: (item: ModelItem, name: string) => Promise<void>
  readonly remove: (item: ModelItem) => Promise<void>
}

interface AddActions {
  readonly add: (chosen: ChosenPath) => Promise<void>
  readonly addAll: (chosen: readonly ChosenPath[]) => Promise<void>
}

export function useModelActions(select: (id: string) => void): ModelActions & AddActions {
  const { modelsChanged } = useCache()
  const telling = async (work: () => Promise<void>) => {
    try {
      await work()
    } catch (error) {
      notifications.show({ color: 'orange', title: 'The list of models was not changed', message: messageOf(error) })
    }
  }
  const add = async ({ grant }: ChosenPath) => {
    const { id } = await api.models.add({ grant })
    await modelsChanged()
    select(id)
  }
  const restore = (item: ModelItem) =>
    telling(async () => {
      await api.models.restore({ id: item.id })
      await modelsChanged()
      select(item.id)
    })
  return {
    add,
    addAll: async (chosen) => {
      for (const one of chosen) await telling(() => add(one))
    },
    rename: (item, name) =>
      telling(async () => {
        await api.models.rename({ id: item.id, name })
        await modelsChanged()
      }),
    remove: (item) =>
      telling(async () => {
        await api.models.remove({ id: item.id })
        await modelsChanged()
        const shown = notifications.show({
          autoClose: 12_000,
          message: (
            <Group justify="space-between" wrap="nowrap">
              <Text size="sm" lineClamp={2}>
                {item.name} was removed from the list. Its files are kept.
              </Text>
              <Button
                variant="default"
                style={{ flexShrink: 0 }}
                onClick={() => {
                  notifications.hide(shown)
                  void restore(item)
                }}
              >
                Undo
              </Button>
            </Group>
          ),
        })
      }),
  }
}
