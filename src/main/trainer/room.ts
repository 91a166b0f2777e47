/** A full disk is not the end of a run: what it has learned is in memory, so it waits until there is room. */
import { GpoError } from '@shared/errors'
import type { ToldEvent } from '../workers/protocol'
import type { Control } from './control'

/** Milliseconds between two tries; each writes until the disk is full again. */
const RETRY = 3000
/** Nobody has made room in a night: the run fails, with what is kept; milliseconds. */
const GIVE_UP_AFTER = 12 * 3_600_000

const isDiskFull = (error: unknown): error is GpoError =>
  error instanceof GpoError &&
  ['ENOSPC', 'EDQUOT'].includes((error.cause as NodeJS.ErrnoException | undefined)?.code ?? '')

/**
 * Does `work` again until the disk has room for it.
 * @param work leaves nothing behind when it fails
 * @throws what `work` throws, when it is no full disk, or the run was told to end meanwhile
 */
export async function whenThereIsRoom<T>(
  work: () => Promise<T>,
  control: Pick<Control, 'ending' | 'asked'>,
  tell: (event: ToldEvent) => void,
  retry = RETRY,
): Promise<T> {
  const begin = performance.now()
  let isHeld = false
  for (;;) {
    try {
      const result = await work()
      if (isHeld) tell({ type: 'held', reason: null })
      return result
    } catch (error) {
      const isOver = control.ending !== 'no' || performance.now() - begin > GIVE_UP_AFTER
      if (!isDiskFull(error) || isOver) throw error
      if (!isHeld) tell({ type: 'held', reason: reasonOf(error) })
      isHeld = true
      await Promise.race([control.asked(), new Promise((resolve) => setTimeout(resolve, retry))])
    }
  }
}

const reasonOf = ({ message }: GpoError): string =>
  `${message}. The run is paused until then and goes on by itself; nothing that it has computed is lost meanwhile.`
