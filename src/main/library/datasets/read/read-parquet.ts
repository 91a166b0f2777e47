/**
 * Parquet, decoded in a separate process: a damaged file can crash that process, but not the program. Knows no layout.
 */
import { stat } from 'node:fs/promises'
import { GpoError } from '@shared/errors'
import { type Decoder, decodedHere, decodingPackages, isDecodedHere, MAX_HEAP_MB, startDecoder } from './decoder'
import type { ParquetReply, WantedColumns } from './parquet-child'
import type { RawRecord, ReadListener } from './record'

/** How long the process may be silent: this long, and a second more per megabyte of the file. One row group must be decoded in that time. */
const MAX_SILENCE_MS = 20_000

interface ParquetOptions extends ReadListener {
  /** Columns read where they exist; without it, all. */
  readonly wanted?: WantedColumns
  /** Milliseconds; a damaged file can keep a decoder busy forever. Without it, 20 s and a second per megabyte. */
  readonly maxSilenceMs?: number
}

/** Rows of one file; `line` is the number of the row, from 1. Throws GpoError('data') if the file is damaged. */
export async function* readParquet(path: string, options: ParquetOptions): AsyncGenerator<RawRecord> {
  let names: readonly string[] = []
  let line = 0
  const all = isDecodedHere() ? decodedHere(path, options.wanted ?? null) : replies(path, options)
  for await (const reply of all) {
    if (reply.type === 'failed') throw damaged(path, reply.message)
    if (reply.type === 'columns') {
      names = reply.read
      options.onColumns?.(reply.all)
    }
    if (reply.type === 'rows') for (const row of reply.rows) yield { line: ++line, fields: fieldsOfRow(names, row) }
  }
}

function fieldsOfRow(names: readonly string[], row: readonly unknown[]): ReadonlyMap<string, unknown> {
  return new Map(names.map((name, i) => [name, row[i]]))
}

/** Every reply up to the end; when this returns or throws, the process has ended. */
async function* replies(path: string, { wanted, maxSilenceMs }: ParquetOptions): AsyncGenerator<ParquetReply> {
  const patience = maxSilenceMs ?? MAX_SILENCE_MS + (await stat(path)).size / 1000
  const decoder = startDecoder()
  const inbox = openInbox(decoder)
  try {
    decoder.send({ ...decodingPackages(), path, wanted: wanted ?? null })
    for (;;) {
      const reply = await inbox.next(patience)
      if (reply === 'gone')
        throw damaged(path, `the decoding process ended early, probably because memory ran out (${MAX_HEAP_MB} MB)`)
      if (reply === 'silent') throw damaged(path, `decoding it took longer than ${Math.round(patience / 1000)} s`)
      if (reply.type === 'end') return
      yield reply
    }
  } finally {
    inbox.close()
    decoder.kill()
  }
}

/** The replies as a queue; waiting for one ends after the allowed silence. */
function openInbox(decoder: Decoder) {
  const queue: (ParquetReply | 'gone' | 'silent')[] = []
  let wake = () => {}
  const put = (item: ParquetReply | 'gone' | 'silent') => {
    queue.push(item)
    wake()
  }
  decoder.onReply(put)
  decoder.onGone(() => put('gone'))
  let timer: NodeJS.Timeout | undefined
  return {
    async next(patience: number) {
      if (queue.length === 0) {
        timer = setTimeout(() => put('silent'), patience)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        clearTimeout(timer)
      }
      // The queue has an item: it was not empty, or `put` woke this up.
      return queue.shift()!
    },
    close: () => clearTimeout(timer),
  }
}

function damaged(path: string, reason: string): GpoError {
  const found = reason.replaceAll(/\s+/g, ' ').slice(0, 200)
  return new GpoError('data', `${path} cannot be read as Parquet: ${found}; download or export it again`)
}
