/** The actions on a run; an error is shown on the page where the action was started. */
import { notifications } from '@mantine/notifications'
import { resumeRun } from '@renderer/actions/resume-run'
import { api } from '@renderer/lib/api'
import { useCache } from '@renderer/lib/cache'
import { messageOf } from '@renderer/lib/errors'
import { useMutation } from '@tanstack/react-query'

const ACTIONS = {
  resume: {
    run: (id: string) => resumeRun(id, { refused: 'The run was not resumed', resumed: 'The run goes on' }),
    failed: 'The run was not resumed',
  },
  resumeFromDisk: {
    run: (id: string) =>
      resumeRun(id, { refused: 'The run was not resumed', resumed: 'The run goes on' }, { fromDisk: true }),
    failed: 'The run was not resumed',
  },
  pause: { run: (id: string) => api.runs.pause({ id }), failed: 'The run was not paused' },
  stop: { run: (id: string) => api.runs.stop({ id }), failed: 'The run was not stopped' },
  stopNow: { run: (id: string) => api.runs.stop({ id, now: true }), failed: 'The run was not stopped' },
  evaluateAndStop: {
    run: async (id: string) => {
      await api.runs.evaluateNow({ id })
      await api.runs.stop({ id })
    },
    failed: 'The run was not stopped',
  },
  checkpointNow: { run: (id: string) => api.runs.checkpointNow({ id }), failed: 'The checkpoint was not requested' },
  evaluateNow: { run: (id: string) => api.runs.evaluateNow({ id }), failed: 'The evaluation was not requested' },
  startNext: { run: (id: string) => api.runs.startNext({ id }), failed: 'The order was not changed' },
  showFolder: { run: (id: string) => api.system.showRunFolder({ id }), failed: 'The folder was not opened' },
} as const

export type RunAction = keyof typeof ACTIONS

const tellFailure = (title: string) => (error: unknown) =>
  notifications.show({ color: 'orange', title, message: messageOf(error), autoClose: false })

/** @returns the action as a function, and whether it is under way */
export function useRunAction(id: string, action: RunAction): { act: () => void; isActing: boolean } {
  const { runs } = useCache()
  const { run, failed } = ACTIONS[action]
  const { mutate, isPending } = useMutation({
    mutationFn: () => run(id),
    onError: tellFailure(failed),
    onSettled: () => runs.detailsChanged(id),
  })
  return { act: () => mutate(), isActing: isPending }
}

export interface RunChanges {
  readonly name?: string
  readonly note?: string
  readonly tags?: string[]
}

export function useRunUpdate(id: string): (changes: RunChanges) => void {
  const { runs } = useCache()
  const { mutate } = useMutation({
    mutationFn: (changes: RunChanges) => api.runs.update({ id, ...changes }),
    onError: tellFailure('The change was not saved'),
    onSettled: () => runs.detailsChanged(id),
  })
  return mutate
}
