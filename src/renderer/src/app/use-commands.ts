/** What the palette's actions do; what fails is said. */
import { notifications } from '@mantine/notifications'
import { resumeRun } from '@renderer/actions/resume-run'
import { api } from '@renderer/lib/api'
import { useCache } from '@renderer/lib/cache'
import { messageOf } from '@renderer/lib/errors'
import { useMemo } from 'react'
import { useLocation } from 'wouter'
import type { Commands } from './palette-entries'

export function useCommands(): Commands {
  const [, go] = useLocation()
  const cache = useCache()
  return useMemo(() => {
    const attempt = (title: string, command: () => Promise<unknown>) =>
      void command().catch((error: unknown) =>
        notifications.show({ color: 'orange', title, message: messageOf(error), autoClose: false }),
      )
    return {
      go,
      changeSettings: (change) =>
        attempt('The setting was not saved', async () =>
          cache.settings.changed(await api.system.changeSettings(change)),
        ),
      pause: (id) => attempt('The run was not paused', () => api.runs.pause({ id })),
      resume: (id) => void resumeRun(id, { refused: 'The run was not resumed', resumed: 'The run goes on' }),
      stop: (id) => attempt('The run was not stopped', () => api.runs.stop({ id })),
      checkpoint: (id) => attempt('The checkpoint was not requested', () => api.runs.checkpointNow({ id })),
      evaluate: (id) => attempt('The evaluation was not requested', () => api.runs.evaluateNow({ id })),
    }
  }, [go, cache])
}
