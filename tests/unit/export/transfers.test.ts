import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { previewExport } from '@main/export/export-run'
import { createTransfers, type Transfers } from '@main/export/transfers'
import type { Store } from '@main/store/query'
import { listRuns } from '@main/store/runs'
import { insertTrajectories } from '@main/store/trajectories'
import type { ExportRequest, Transfer } from '@shared/contract/exports'
import { describe, expect, it, onTestFinished } from 'vitest'
import { errorOf, newRun, open, tempFolder, trajectory } from '../store/fixtures'

const PAIRS: ExportRequest = { format: 'pairs', states: 'all', perState: 4, source: 'both' }

/** A run with the given number of trajectories, each with one pair. */
function runOf(store: Store, count: number): string {
  const run = newRun(store)
  const continuation = { state: 1, purpose: 'value', trained: false, tokens: 3 } as const
  const continuations = [
    { ...continuation, text: 'It is 5.', reward: 0, status: 'wrong' as const },
    { ...continuation, text: 'It is 4.', reward: 1, status: 'correct' as const },
  ]
  insertTrajectories(
    store,
    run,
    Array.from({ length: count }, (_, i) => trajectory(1, i, { continuations })),
  )
  return run
}

function transfersOf(store: Store): Transfers {
  const transfers = createTransfers({
    readRows: async () => ({ train: [], evaluation: [] }),
    store,
    version: '0.1.0',
    workerPath: 'none',
    onBug: (error) => {
      throw error
    },
  })
  onTestFinished(() => transfers.close())
  return transfers
}

/** Follows until it has ended. */
async function endOf(transfers: Transfers, onEach: (transfer: Transfer) => void = () => {}): Promise<Transfer> {
  const stop = new AbortController()
  for await (const transfer of transfers.listen(stop.signal)) {
    if (!transfer) continue
    onEach(transfer)
    if (transfer.state === 'running') continue
    stop.abort()
    return transfer
  }
  throw new Error('the stream ended')
}

describe('an export', () => {
  it('is as large as the preview said, and tells what to do next', async () => {
    const store = open()
    const run = runOf(store, 30)
    const preview = await previewExport(store, run, PAIRS)
    const out = join(tempFolder(), 'new', 'pairs.jsonl')
    const transfers = transfersOf(store)
    transfers.startExport(run, PAIRS, out, false)
    const { state, exported } = await endOf(transfers)
    expect(state).toBe('done')
    expect(exported).toMatchObject({ out, count: 30, unit: 'pairs', bytes: preview.bytes, maxDifference: 0 })
    expect(preview).toMatchObject({ count: 30, isExact: true })
    expect(readFileSync(out).length).toBe(preview.bytes)
    expect(exported!.next.length).toBeGreaterThan(0)
    expect(JSON.parse(readFileSync(out, 'utf8').split('\n')[0]!)).toEqual(JSON.parse(preview.sample!))
  })

  it.each<ExportRequest>([PAIRS, { format: 'bundle' }])(
    'that is cancelled leaves nothing: $format',
    async (request) => {
      const store = open()
      const run = runOf(store, 2000)
      const folder = tempFolder()
      const transfers = transfersOf(store)
      transfers.startExport(run, request, join(folder, 'out'), false)
      const { state } = await endOf(transfers, ({ done }) => done > 0 && transfers.cancel())
      expect(state).toBe('cancelled')
      expect(readdirSync(folder)).toEqual([])
    },
  )

  it('is not queued: another one is refused while it is running', async () => {
    const store = open()
    const run = runOf(store, 2000)
    const folder = tempFolder()
    const transfers = transfersOf(store)
    transfers.startExport(run, PAIRS, join(folder, 'first'), false)
    const error = errorOf(() => transfers.startExport(run, PAIRS, join(folder, 'second'), false))
    expect(error.message).toMatch(/still running: wait for it, or cancel it/)
    await transfers.close()
    expect(readdirSync(folder)).toEqual([])
  })

  it('says why it failed and keeps what was there', async () => {
    const store = open()
    const run = newRun(store)
    const transfers = transfersOf(store)
    expect(errorOf(() => transfers.startExport(run, PAIRS, 'out', false)).message).toMatch(/has no trajectories/)
    expect(errorOf(() => transfers.startExport(run, { format: 'stepwise' }, 'out', false)).message).toMatch(
      /estimated no step values/,
    )
    const full = runOf(store, 2)
    const folder = tempFolder()
    transfers.startExport(full, PAIRS, folder, true)
    const { state, error } = await endOf(transfers)
    expect({ state, error }).toEqual({ state: 'failed', error: `${folder} is a folder: choose the name of a file` })
    expect(existsSync(folder)).toBe(true)
  })
})

describe('an import', () => {
  it('is a transfer too, and names the run it made', async () => {
    const store = open()
    const run = runOf(store, 5)
    const path = join(tempFolder(), 'run.gpo')
    const transfers = transfersOf(store)
    transfers.startExport(run, { format: 'bundle' }, path, false)
    expect((await endOf(transfers)).state).toBe('done')
    const { id } = await transfers.importBundle(path)
    expect((await endOf(transfers)).imported).toMatchObject({ id, trajectories: 5 })
    expect(listRuns(store).map((one) => one.id)).toContain(id)
    transfers.dismiss()
    const stop = new AbortController()
    for await (const transfer of transfers.listen(stop.signal)) {
      expect(transfer).toBeNull()
      stop.abort()
    }
  })
})
