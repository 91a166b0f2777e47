/** What an active run is doing and will do, in words. */
import type { ActiveRun } from '@shared/contract/runs'
import { formatPercent } from './format'

const STATES = { paused: 'paused', stopping: 'stopping', dropping: 'stopping' } as const

/** In a word or two. */
export const brieflyDoing = ({ state, phase }: ActiveRun): string =>
  state === 'running' ? (phase?.phase ?? 'starting') : STATES[state]

const inOrder = (things: readonly string[]) => things.join(', then ')

/** With its progress, and with what was asked, in the order in which it will be done. */
export function doing(active: ActiveRun): string {
  const { state, phase, pending } = active
  const share = phase !== null && phase.total > 1 ? ` ${formatPercent(phase.done / phase.total, 0)}` : ''
  const now = phase === null ? 'starting' : `${phase.phase}${share}`
  const asked = pending.map((one) => (one === 'continue' ? 'go on' : one))
  switch (state) {
    case 'running':
      return asked.length > 0 ? `${now} · after this iteration: ${inOrder(asked)}` : now
    case 'paused':
      return asked.length > 0 ? `paused · now: ${inOrder(asked)}` : 'paused between two iterations'
    case 'stopping':
      return `${now} · after this iteration: ${inOrder([...asked, 'stop'])}`
    case 'dropping':
      return phase?.phase === 'update' ? `${now} · the run stops when it is done` : 'stopping now'
  }
}
