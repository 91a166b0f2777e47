import { notifications } from '@mantine/notifications'
import { api } from '@renderer/lib/api'
import { useCache } from '@renderer/lib/cache'
import { messageOf } from '@renderer/lib/errors'
import type { Settings } from '@shared/contract/system'
import { useMutation } from '@tanstack/react-query'

/** Changes some settings; the window follows at once. */
export function useChangeSettings() {
  const cache = useCache()
  return useMutation({
    mutationFn: (change: Partial<Settings>) => api.system.changeSettings(change),
    onSuccess: cache.settings.changed,
    onError: (error) =>
      notifications.show({ color: 'orange', title: 'The setting was not saved', message: messageOf(error) }),
  })
}
