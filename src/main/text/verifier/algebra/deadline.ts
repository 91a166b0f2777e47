/** A deadline on the clock of `performance.now()`, which long calculations check. */

export class OutOfTime extends Error {}

export function checkTime(deadline: number): void {
  if (performance.now() > deadline) throw new OutOfTime()
}
