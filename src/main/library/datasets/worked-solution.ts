/** Worked solutions that state their answer at the end: GSM8K's `#### 18` (arXiv 2110.14168), and `A: 18` or `Answer: 18` as the last of several lines. */

const MARKER = '####'
const LAST_LINE = /\n\s*(?:A|(?:The |Final )?Answer)\s*(?::|\bis\b:?)\s*(\S[^\n]*?)\.?\s*$/i

/** The answer that the solution's end states; null where it states none. */
export function statedAtEnd(solution: string): string | null {
  const at = solution.lastIndexOf(MARKER)
  if (at >= 0) return solution.slice(at + MARKER.length).trim() || null
  return LAST_LINE.exec(solution)?.[1] ?? null
}
