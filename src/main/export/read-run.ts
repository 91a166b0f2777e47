/** Reads a run's trajectories in the order they were made, a few at a time, so that the program can answer in between. */
import type { Store } from '@main/store/query'
import { getTrajectory, listTrajectories } from '@main/store/trajectories'
import { GpoError } from '@shared/errors'
import type { StoredTrajectory } from '@shared/schemas/run'

const PAGE = 200
/** Trajectories read between two pauses for other work of the program. */
const BATCH = 20

export const breath = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export function refuseStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new GpoError('interrupted', 'stopped; nothing was written')
}

/** In small batches. @param iteration absent: all @throws GpoError('interrupted') after `signal` */
export async function* trajectoriesOf(
  store: Store,
  run: string,
  signal: AbortSignal | undefined,
  iteration?: number,
): AsyncGenerator<readonly StoredTrajectory[], void> {
  const filter = iteration === undefined ? {} : { filter: { iteration } }
  let cursor: string | undefined
  do {
    const page = listTrajectories(store, run, {
      ...filter,
      order: 'oldest',
      limit: PAGE,
      ...(cursor ? { cursor } : {}),
    })
    for (let at = 0; at < page.rows.length; at += BATCH) {
      refuseStopped(signal)
      yield page.rows.slice(at, at + BATCH).map(({ id }) => getTrajectory(store, id))
      await breath()
    }
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
}

/** All trajectories of an iteration together. */
export async function* iterationsOf(
  store: Store,
  run: string,
  signal: AbortSignal | undefined,
  onRead: (trajectories: number) => void = () => {},
): AsyncGenerator<readonly StoredTrajectory[], void> {
  let open: StoredTrajectory[] = []
  let read = 0
  for await (const batch of trajectoriesOf(store, run, signal)) {
    for (const trajectory of batch) {
      if (open.length > 0 && open[0]!.iteration !== trajectory.iteration) {
        yield open
        open = []
      }
      open.push(trajectory)
    }
    read += batch.length
    onRead(read)
  }
  if (open.length > 0) yield open
}
