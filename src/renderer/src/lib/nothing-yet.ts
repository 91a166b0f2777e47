/** What a page says of a run that has recorded nothing yet, for each state that a run can be in. */
import type { LiveState } from '@shared/contract/runs'
import type { RunRecord } from '@shared/schemas/run'
import { plural } from './format'

export interface NothingYet {
  readonly title: string
  readonly text: string
}

export function nothingYet({ id, status, isReadOnly }: RunRecord, { active, queue }: LiveState): NothingYet {
  if (active?.id === id)
    return {
      title: 'No iteration is done yet',
      text: 'Model and data are loaded first, and the accuracy before training is measured where the run has rows for it; curves and trajectories appear with the first iteration.',
    }
  if (isReadOnly)
    return { title: 'Nothing was recorded', text: 'The run that was imported had not finished its first iteration.' }
  switch (status) {
    case 'queued': {
      const before = queue.indexOf(id) + (active ? 1 : 0)
      if (!queue.includes(id))
        return {
          title: 'Not started yet',
          text: 'It was waiting when the program was closed. Start it, or delete it, from its page.',
        }
      const turn = before === 0 ? 'It begins now.' : `${plural(before, 'run comes', 'runs come')} before it.`
      return { title: 'Waiting for its turn', text: `${turn} Curves and trajectories appear with its first iteration.` }
    }
    case 'running':
      return {
        title: 'No iteration is done yet',
        text: 'It runs in another program; curves and trajectories appear here with its first iteration.',
      }
    case 'stopped':
      return { title: 'Stopped before its first iteration', text: 'Nothing was recorded. Resume starts it over.' }
    case 'interrupted':
      return {
        title: 'Interrupted in its first iteration',
        text: 'The program or the trainer ended before anything was recorded. Resume starts the run over.',
      }
    case 'failed':
      return {
        title: 'Failed before its first iteration was done',
        text: 'Nothing was recorded; the run’s page says why. After the cause is gone, Resume starts it over.',
      }
    case 'completed':
      return { title: 'Nothing to show', text: 'The run was complete without an iteration.' }
  }
}
