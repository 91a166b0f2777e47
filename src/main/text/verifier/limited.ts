/** A limit on the time that any kind of verifier may take to find an answer: a completion that one never gets through does not stop a run. */
import { withinTime } from '../time-limit'
import type { Kind } from './kind'

/** Wall-clock time; a search takes well under a millisecond for what models write. */
const LIMIT_MS = 3000

export function limited<Answer, Reference>(
  kind: Kind<Answer, Reference>,
  milliseconds = LIMIT_MS,
): Kind<Answer, Reference> {
  return {
    ...kind,
    find(completion, reference) {
      const outcome = withinTime(milliseconds, () => kind.find(completion, reference))
      return outcome === 'timeout' ? outcome : outcome.value
    },
    read(reference) {
      const outcome = withinTime(milliseconds, () => kind.read(reference))
      return outcome === 'timeout' ? null : outcome.value
    },
  }
}
