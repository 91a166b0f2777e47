/** Rows of a tensor back in the order that Hugging Face's checkpoints have them. */

/** How many heads' rows were reordered in groups; null where a tensor's rows are as they were. */
export type Interleaved = number | null

/**
 * Which row of the file is row `row` of the checkpoint. A converter made rows i and i + D/2 of each head neighbours:
 * [heads, 2, D/2] → [heads, D/2, 2].
 */
export function sourceRow(row: number, rows: number, heads: Interleaved): number {
  if (heads === null) return row
  const size = rows / heads
  const half = size / 2
  const within = row % size
  return row - within + 2 * (within % half) + Math.floor(within / half)
}

/** The first and last row of the file among those of a range. */
export function sourceRange(start: number, end: number, rows: number, heads: Interleaved): readonly [number, number] {
  if (heads === null) return [start, end]
  const size = rows / heads
  return [start - (start % size), Math.min(rows, Math.ceil(end / size) * size)]
}
