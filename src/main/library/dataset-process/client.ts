/**
 * Reads datasets in processes of their own, which are ended where a file takes too much time or memory. Main gets examples, which are texts of this
 * program's own form, piece by piece; it never parses someone else's rows.
 */
import { jobLog } from '@main/paths'
import type { Fork } from '@main/workers/fork'
import { type Limit, openTaskProcess } from '@main/workers/one-task-client'
import type { DatasetPage } from '@shared/contract/datasets'
import { GpoError } from '@shared/errors'
import type { Dataset, Example } from '@shared/schemas/dataset'
import type { LoadDataset } from '../datasets/load'
import type { PreviewRows } from '../datasets/preview'
import { stampOf } from '../datasets/summary'
import type { Asked, Loaded } from './messages'

/** How many datasets are read at the same time. */
const READERS = 2
/** One that has read a dataset may keep its memory as long. */
const READER_IDLE_MS = 20_000
/** Longer than the process keeps a file open for the next page. */
const PAGES_IDLE_MS = 60_000
/** Wall-clock time of one answer, and for each byte of the files; milliseconds. Honest files take a tenth of it. */
const LIMIT_MS = 60_000
const LIMIT_MS_PER_BYTE = 2 / 1000

export interface DatasetProcessOptions {
  readonly workerPath: string
  readonly fork?: Fork | undefined
  /** Milliseconds. */
  readonly limitMs?: number
}

export interface DatasetProcess {
  readonly load: LoadDataset
  readonly page: PreviewRows
  close(): void
}

const stopped = (path: string, why: string): GpoError =>
  new GpoError(
    'data',
    `The reading of ${path} was ended because it took ${why}: it is damaged, or too large; get a new copy, or split it`,
  )

export function openDatasetProcess({ workerPath, fork, limitMs = LIMIT_MS }: DatasetProcessOptions): DatasetProcess {
  const start = (idleMs: number) => openTaskProcess({ workerPath, fork, logFile: () => jobLog('data'), idleMs })
  const readers = Array.from({ length: READERS }, () => start(READER_IDLE_MS))
  const pages = start(PAGES_IDLE_MS)

  /** @throws {GpoError} 'data' where the files cannot be reached */
  async function limitOf(path: string): Promise<Limit> {
    const { bytes } = await stampOf(path)
    return { ms: Math.round(limitMs + bytes * LIMIT_MS_PER_BYTE), stopped: (why) => stopped(path, why) }
  }

  return {
    async load(path, options = {}) {
      const limit = await limitOf(path)
      const reader = readers.reduce((a, b) => (b.waiting < a.waiting ? b : a))
      return await reader.alone(async (ask) => {
        const loaded = (await ask({ do: 'load', path, options } satisfies Asked, limit)) as Loaded // as the same program read it
        const examples: Example[] = []
        for (;;) {
          const piece = (await ask({ do: 'examples' } satisfies Asked, limit)) as readonly Example[] | null
          if (piece === null) return { ...loaded, examples } as Dataset
          for (const example of piece) examples.push(example)
        }
      })
    },
    async page(path, options) {
      const limit = await limitOf(path)
      return (await pages.alone((ask) => ask({ do: 'page', path, options } satisfies Asked, limit))) as DatasetPage
    },
    close() {
      for (const one of [...readers, pages]) one.close()
    },
  }
}
