/** The running export or import, one at a time. It continues on every page and can be cancelled. */
import { basename } from 'node:path'
import type { Store } from '@main/store/query'
import { getRun } from '@main/store/runs'
import { countTrajectories } from '@main/store/trajectories'
import type { Fork } from '@main/workers/fork'
import type { ExportFormat, ExportRequest, ImportOutcome, Transfer } from '@shared/contract/exports'
import { describeError, GpoError } from '@shared/errors'
import { createHub } from '@shared/event-hub'
import type { BundleProcessOptions } from './bundle-process/client'
import type { ReadRows } from './context'
import { exportOptions, exportRun } from './export-run'
import { importBundle } from './import-bundle'

export interface Transfers {
  /** Starts an export. @throws GpoError('usage') while another export or import is running */
  startExport(run: string, request: ExportRequest, out: string, replaces: boolean): void
  /** Resolves when the run is in the store. @throws GpoError naming the problem of the file */
  importBundle(path: string, signal?: AbortSignal): Promise<ImportOutcome>
  cancel(): void
  /** The last export. @throws {GpoError} 'notFound' after it was dismissed */
  exported(): { readonly path: string; readonly format: ExportFormat }
  dismiss(): void
  listen(signal: AbortSignal | undefined): AsyncGenerator<Transfer | null, void>
  /** Cancels the running one and waits until its files are removed. */
  close(): Promise<void>
}

export interface TransfersOptions {
  readonly store: Store
  /** Of this program. */
  readonly version: string
  readonly workerPath: string
  readonly fork?: Fork
  readonly readRows: ReadRows
  /** The process that reads bundles. */
  readonly bundles?: BundleProcessOptions | undefined
  readonly onBug: (error: unknown) => void
}

/** Shortest time between two progress events, in milliseconds. */
const INTERVAL = 100

type Work<T> = (signal: AbortSignal, onProgress: (label: string, done: number, total: number) => void) => Promise<T>

export function createTransfers({
  store,
  version,
  workerPath,
  fork,
  bundles,
  readRows,
  onBug,
}: TransfersOptions): Transfers {
  const hub = createHub<Transfer | null>()
  let transfer: Transfer | null = null
  let controller: AbortController | null = null
  let ended: Promise<unknown> = Promise.resolve()
  let told = Number.NEGATIVE_INFINITY

  const change = (next: Transfer | null) => {
    transfer = next
    told = performance.now()
    hub.publish(transfer)
  }

  function refuseBusy(): void {
    if (transfer?.state !== 'running') return
    throw new GpoError(
      'usage',
      `The ${transfer.kind} of ${transfer.subject} is still running: wait for it, or cancel it.`,
    )
  }

  /** @throws what `work` throws */
  async function perform<T>(
    start: Pick<Transfer, 'kind' | 'subject' | 'run' | 'format' | 'path'>,
    work: Work<T>,
    outcome: (value: T) => Partial<Transfer>,
  ): Promise<T> {
    refuseBusy()
    const own = new AbortController()
    controller = own
    const begin = performance.now()
    const base: Transfer = {
      ...start,
      state: 'running',
      label: 'starting',
      done: 0,
      total: 0,
      seconds: 0,
      exported: null,
      imported: null,
      error: null,
    }
    const seconds = () => (performance.now() - begin) / 1000
    change(base)
    try {
      const value = await work(own.signal, (label, done, total) => {
        const next = { ...base, label, done, total, seconds: seconds() }
        if (label !== transfer?.label || performance.now() - told >= INTERVAL) change(next)
        else transfer = next
      })
      change({ ...base, state: 'done', label: 'done', seconds: seconds(), ...outcome(value) })
      return value
    } catch (error) {
      if (error instanceof GpoError && error.code === 'interrupted')
        change({ ...base, state: 'cancelled', label: 'cancelled', seconds: seconds() })
      else {
        if (!(error instanceof GpoError)) onBug(error)
        change({ ...base, state: 'failed', label: 'failed', seconds: seconds(), error: describeError(error) })
      }
      throw error
    }
  }

  /** Keeps the running work, so that it can be awaited. */
  function track<T>(work: Promise<T>): Promise<T> {
    ended = work.catch(() => {})
    return work
  }

  return {
    startExport(id, request, out, replaces) {
      refuseBusy()
      const run = getRun(store, id)
      const refused = exportOptions(store, id).refused[request.format]
      if (refused !== undefined)
        throw new GpoError('usage', `Run ${id} cannot be exported as ${request.format}. ${refused}`)
      const start = { kind: 'export', subject: run.name, run: id, format: request.format, path: out } as const
      const trajectories = countTrajectories(store, id)
      const context = { store, run, out, replaces, trajectories, version, workerPath, fork, readRows }
      const work = perform(
        start,
        (signal, onProgress) => exportRun({ ...context, signal, onProgress }, request),
        (exported) => ({ exported }),
      )
      track(work).catch(() => {}) // sent to the listeners
    },
    importBundle(path, signal) {
      refuseBusy()
      const start = { kind: 'import', subject: basename(path), run: null, format: 'bundle', path } as const
      const work = perform(
        start,
        (own, onProgress) =>
          importBundle({
            ...{ store, path, onProgress },
            apart: bundles,
            signal: signal ? AbortSignal.any([own, signal]) : own,
          }),
        (imported) => ({ imported, run: imported.id }),
      )
      return track(work)
    },
    cancel: () => controller?.abort(),
    exported() {
      if (transfer?.state === 'done' && transfer.exported)
        return { path: transfer.exported.out, format: transfer.format }
      throw new GpoError('notFound', 'The result of the export was closed: export again, or open its folder by hand.')
    },
    dismiss() {
      if (transfer?.state !== 'running') change(null)
    },
    async *listen(signal) {
      // Listens before the first yield, so that no event is missed in between.
      const events = hub.listen(signal, (_, next) => next)
      yield transfer
      yield* events
    },
    async close() {
      controller?.abort()
      await ended
    },
  }
}
