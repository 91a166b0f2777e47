/** What can be done with a study; a refusal is shown where the action was started. */
import { notifications } from '@mantine/notifications'
import { api } from '@renderer/lib/api'
import { useCache } from '@renderer/lib/cache'
import { messageOf } from '@renderer/lib/errors'
import { useMutation } from '@tanstack/react-query'

export const tellFailure = (title: string) => (error: unknown) =>
  void notifications.show({ color: 'orange', title, message: messageOf(error), autoClose: false })

const ACTIONS = {
  pause: { run: (id: string) => api.studies.pause({ id }), failed: 'The experiment was not paused' },
  resume: { run: (id: string) => api.studies.resume({ id }), failed: 'The experiment does not go on' },
} as const

export function useStudyAction(id: string, action: keyof typeof ACTIONS): { act: () => void; isActing: boolean } {
  const { studies } = useCache()
  const { run, failed } = ACTIONS[action]
  const { mutate, isPending } = useMutation({
    mutationFn: () => run(id),
    onError: tellFailure(failed),
    onSettled: () => studies.changed(),
  })
  return { act: () => mutate(), isActing: isPending }
}

export function useRenameStudy(id: string): (name: string) => void {
  const { studies } = useCache()
  const { mutate } = useMutation({
    mutationFn: (name: string) => api.studies.rename({ id, name }),
    onError: tellFailure('The experiment was not renamed'),
    onSettled: () => studies.changed(),
  })
  return mutate
}
