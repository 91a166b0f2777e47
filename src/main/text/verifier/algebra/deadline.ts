/** A limit on the clock of `performance.now()` that long calculations ask about. */

export class OutOfTime extends Error {}

export function checkTime(deadline: number): void {
  if (performance.now() > deadline) throw new OutOfTime()
}
