/**
 * The body of the process that decodes Parquet. It runs from its own source text in a bare Node, so it uses nothing outside its
 * parameters. Why a process: a damaged count in a Parquet page can make any decoder allocate until the process dies.
 */

/** The request to the process: addresses of the two packages, the file, and the wanted columns. */
export interface ParquetRequest {
  readonly hyparquet: string
  readonly compressors: string
  readonly path: string
  /** Null: every column. */
  readonly wanted: WantedColumns | null
}

/** Columns by their names, and all whose names match a regular expression. */
export interface WantedColumns {
  readonly names: readonly string[]
  readonly pattern: string
}

/** Its answers: the schema's columns first, then rows (one value for each column read), then the end or a failure. */
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
    const read = all.filter((name) => {
      const { wanted } = request
      return wanted === null || wanted.names.includes(name) || new RegExp(wanted.pattern, 'i').test(name)
    })
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
    // Decimals are kept as stored, so that their digits can be written exactly; 4-byte floats as their shortest decimal.
    type Node = ReturnType<typeof hyparquet.parquetSchema>
    const scales = new Map<Node['element'], number>()
    for (const element of metadata.schema) {
      const isDecimal = element.converted_type === 'DECIMAL' || element.logical_type?.type === 'DECIMAL'
      if (!isDecimal || element.type === 'BYTE_ARRAY') continue
      scales.set(element, element.scale ?? 0)
      delete element.converted_type
      delete element.logical_type
    }
    const unscaled = (value: unknown): bigint | null => {
      if (typeof value === 'bigint') return value
      if (typeof value === 'number') return BigInt(value)
      if (!(value instanceof Uint8Array) || value.length === 0) return null
      const hex = Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')
      return BigInt.asIntN(8 * value.length, BigInt(`0x${hex}`))
    }
    const decimal = (value: unknown, scale: number): unknown => {
      const whole = unscaled(value)
      if (whole === null) return value
      const digits = String(whole < 0n ? -whole : whole).padStart(scale + 1, '0')
      const sign = whole < 0n ? '-' : ''
      return scale > 0 ? `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}` : `${sign}${digits}`
    }
    const shortest = (value: unknown): unknown => {
      if (typeof value !== 'number' || !Number.isFinite(value)) return value
      for (let digits = 1; digits < 10; digits++) {
        const short = Number(value.toPrecision(digits))
        if (Math.fround(short) === value) return short
      }
      return value
    }
    /** The conversion of the values under a node; null if none is needed. */
    const fixOf = (node: Node): ((value: unknown) => unknown) | null => {
      const scale = scales.get(node.element)
      if (scale !== undefined)
        return (value) => (Array.isArray(value) ? value.map((item) => decimal(item, scale)) : decimal(value, scale))
      if (node.element.type === 'FLOAT')
        return (value) =>
          Array.isArray(value) || value instanceof Float32Array ? Array.from(value, shortest) : shortest(value)
      const [first] = node.children
      const isList = node.element.converted_type === 'LIST' || node.element.logical_type?.type === 'LIST'
      if (isList && first) {
        const item = first.children.length === 1 && first.children[0] ? fixOf(first.children[0]) : fixOf(first)
        return (
          item && ((value) => (Array.isArray(value) || value instanceof Float32Array ? Array.from(value, item) : value))
        )
      }
      const fixes = node.children.flatMap((child) => {
        const fix = fixOf(child)
        return fix ? [[child.element.name, fix] as const] : []
      })
      if (fixes.length === 0) return null
      return (value) => {
        if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
        const fixed = value as Record<string, unknown>
        for (const [name, fix] of fixes) if (Object.hasOwn(fixed, name)) fixed[name] = fix(fixed[name])
        return fixed
      }
    }
    const tree = hyparquet.parquetSchema(metadata).children
    const fixes = read.map((name) => {
      const node = tree.find((child) => child.element.name === name)
      return node ? fixOf(node) : null
    })
    const fixRow = (row: unknown[]) => {
      for (const [i, fix] of fixes.entries()) if (fix) row[i] = fix(row[i])
    }
    const strict = new TextDecoder('utf-8', { fatal: true })
    // Bytes that are not UTF-8 stay bytes, so that the row can be refused.
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
      if (rows.length !== rowEnd - rowStart)
        throw new Error(`only ${rows.length} of ${rowEnd - rowStart} rows were read`)
      for (const row of rows) fixRow(row)
      for (let at = 0; at < rows.length; at += 1000) await send({ type: 'rows', rows: rows.slice(at, at + 1000) })
      rowStart = rowEnd
    }
    await send({ type: 'end' })
  } catch (error) {
    await send({ type: 'failed', message: error instanceof Error ? error.message : String(error) })
  }
}
