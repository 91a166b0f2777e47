/** How two texts differ. */

/** Where two texts begin to differ: the start of the first different word. */
export function firstDifference(a: string, b: string): number {
  let at = 0
  while (at < a.length && at < b.length && a[at] === b[at]) at++
  while (at > 0 && at < a.length && /\w/.test(a[at]!) && /\w/.test(a[at - 1]!)) at--
  return at
}
