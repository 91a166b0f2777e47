/**
 * The body of the process that decodes Parquet. It runs from its own source text in a bare Node, so it uses nothing outside its
 * parameters. Why a process: a damaged count in a Parquet page can make any decoder allocate until the process dies.
 */

/** What the process is asked: addresses of the two packages, the file, and the columns wanted. */
export interface ParquetRequest {
  readonly hyparquet: string
  readonly compressors: string
  readonly path: string
  /** Null: every column. */
  readonly wanted: readonly string[] | null
}

/** What it answers: the schema's columns first, then rows (one value for each column read), then the end or a failure. */
export type ParquetReply =
  | { readonly type: 'columns'; readonly all: readonly string[]; readonly read: readonly string[] }
  | { readonly type: 'rows'; readonly rows: readonly (readonly unknown[])[] }
  | { readonly type: 'end' }
  | { readonly type: 'failed'; readonly message: string }

export async function decodeParquet(
  request: ParquetRequest,
  load: (address: string) => Promise<unknown>,
  send: (reply: ParquetReply) => Promise<void>,
): Promise<void> {
  try {
    const hyparquet = (await load(request.hyparquet)) as typeof import('hyparquet')
    const { compressors } = (await load(request.compressors)) as typeof import('hyparquet-compressors')
    const file = await hyparquet.asyncBufferFromFile(request.path)
    const metadata = await hyparquet.parquetMetadataAsync(file)
    const all = hyparquet.parquetSchema(metadata).children.map((child) => child.element.name)
    const read = request.wanted === null ? all : all.filter((name) => request.wanted?.includes(name))
    const counts = metadata.row_groups.map((group) => Number(group.num_rows))
    const total = counts.reduce((sum, count) => sum + count, 0)
    if (total !== Number(metadata.num_rows) || counts.some((count) => !(count >= 0))) {
      throw new Error(`the header says ${metadata.num_rows} rows, the row groups have ${total}`)
    }
    for (const group of metadata.row_groups) {
      const short = group.columns.find((column) => Number(column.meta_data?.num_values ?? -1) < Number(group.num_rows))
      if (short) throw new Error('a column has fewer values than its row group has rows')
    }
    await send({ type: 'columns', all, read })
    const strict = new TextDecoder('utf-8', { fatal: true })
    // Bytes that are no UTF-8 stay bytes, so that the row can be refused.
    const stringFromBytes = (bytes: Uint8Array | undefined): unknown => {
      try {
        return bytes && strict.decode(bytes)
      } catch {
        return bytes
      }
    }
    let rowStart = 0
    for (const count of read.length > 0 ? counts : []) {
      const rowEnd = rowStart + count
      if (count === 0) continue
      const range = { rowStart, rowEnd, rowFormat: 'array' as const, parsers: { stringFromBytes } }
      const rows = await new Promise<unknown[][]>((resolve, reject) => {
        hyparquet
          .parquetRead({ file, metadata, compressors, columns: read, ...range, onComplete: resolve })
          .catch(reject)
      })
      if (rows.length !== rowEnd - rowStart) throw new Error(`${rows.length} of ${rowEnd - rowStart} rows are there`)
      for (let at = 0; at < rows.length; at += 1000) await send({ type: 'rows', rows: rows.slice(at, at + 1000) })
      rowStart = rowEnd
    }
    await send({ type: 'end' })
  } catch (error) {
    await send({ type: 'failed', message: error instanceof Error ? error.message : String(error) })
  }
}
