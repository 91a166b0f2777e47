/** The computer's clock can be set, by a person or by the network: it jumps against the clock that only counts. */

/** A difference of the two clocks that is no jump, as one is corrected a little all the time; milliseconds. */
const TOLERANCE = 60_000

/** @returns a function that tells by how many milliseconds the clock has jumped since it was last called; a time asleep counts as a jump ahead */
export function watchClock(): () => number {
  let offset = Date.now() - performance.now()
  return () => {
    const now = Date.now() - performance.now()
    const jump = Math.abs(now - offset) > TOLERANCE ? now - offset : 0
    if (jump !== 0) offset = now
    return Math.round(jump)
  }
}
