import { notifications } from '@mantine/notifications'
import { api, queries } from '@renderer/lib/api'
import { messageOf } from '@renderer/lib/errors'
import type { Settings } from '@shared/contract/system'
import { useMutation, useQueryClient } from '@tanstack/react-query'

/** Changes some settings; the window follows at once. */
export function useChangeSettings() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (change: Partial<Settings>) => api.system.changeSettings(change),
    onSuccess: (settings) => client.setQueryData(queries.system.settings.queryKey({}), settings),
    onError: (error) =>
      notifications.show({ color: 'orange', title: 'The setting was not saved', message: messageOf(error) }),
  })
}
