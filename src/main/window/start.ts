/** Starts the window's program, from its first line to its end. */
import { join } from 'node:path'
import { settingsOf } from '@main/api/system'
import { createProgram, type Program } from '@main/host/create'
import type { Pages } from '@main/host/pages'
import type { Fork } from '@main/workers/fork'
import { inspected, inspectionOf } from '@main/workers/inspect'
import { describeBug, describeError, GpoError } from '@shared/errors'
import { guarded } from '@shared/guarded'
import { app, crashReporter, dialog } from 'electron'
import { connectWindows } from './connect'
import { electronHost } from './dialogs'
import { servePages } from './protocol'
import { guardContents } from './security'
import { decodeParquetInUtility, forkUtility } from './utility'
import { createWindows } from './windows'

const onBug = (error: unknown) => {
  process.stderr.write(`${describeBug(error)}\n`)
}

/** `--db FILE`, as with the terminal command. */
function databaseArgument(): string | undefined {
  const at = process.argv.indexOf('--db')
  return at >= 0 ? process.argv[at + 1] : undefined
}

/** Processes that compute, with a debugger's port where `--inspect-trainer` asks for one. @throws {GpoError} 'usage' */
function forkArgument(): Fork {
  const inspection = inspectionOf(process.argv)
  return inspection ? inspected(forkUtility, inspection, (text) => process.stderr.write(`${text}\n`)) : forkUtility
}

export interface WindowOptions {
  readonly pages: Pages
  /** Of the built entries: the workers are in it, the preload script beside it. */
  readonly folder: string
  /** Called once the window is there. */
  readonly onStart?: (program: Program) => void
}

async function open({ pages, folder, onStart }: WindowOptions): Promise<void> {
  process.stderr.on('error', () => {}) // its terminal may be closed
  await app.whenReady()
  decodeParquetInUtility(folder)
  servePages(pages)
  const windows = createWindows({ preload: join(folder, '../preload/index.cjs'), onBug })
  const program = createProgram({
    host: electronHost(windows),
    database: databaseArgument(),
    workerPath: join(folder, 'worker.cjs'),
    jobWorkerPath: join(folder, 'job-worker.cjs'),
    text: { workerPath: join(folder, 'text-worker.cjs'), fork: forkUtility },
    datasets: { workerPath: join(folder, 'dataset-worker.cjs'), fork: forkUtility },
    bundles: { workerPath: join(folder, 'bundle-worker.cjs'), fork: forkUtility },
    fork: forkArgument(),
    onBug,
  })
  connectWindows(program.services, windows, onBug)
  const { runs, studies } = program.services
  windows.followRuns(
    runs,
    () => studies.active() !== null,
    () => settingsOf(program.services.store).notifications,
  )
  windows.open()
  onStart?.(program)

  app.on('second-instance', guarded(onBug, windows.open))
  app.on('activate', guarded(onBug, windows.open))
  app.on('window-all-closed', () => app.quit())
  let isClosed = false
  app.on('will-quit', (event) => {
    if (isClosed) return
    event.preventDefault()
    void program
      .close()
      .catch(onBug)
      .finally(() => {
        isClosed = true
        setImmediate(() => app.quit()) // within this event Electron does not hear it
      })
  })
}

const NO_SANDBOX =
  'An installed GPO Studio shows no page without its sandbox, and was started with --no-sandbox. An AppImage adds that by itself where the system lets no ordinary program make namespaces, as Ubuntu 24.04 does: install the .deb, which may.'

/** Before the program is ready: the sandbox cannot be switched on afterwards. */
export function startWindow(options: WindowOptions): void {
  crashReporter.start({ uploadToServer: false, submitURL: '' }) // what a crash leaves stays on this machine
  guardContents(options.pages)
  if (app.isPackaged && app.commandLine.hasSwitch('no-sandbox')) giveUp(new GpoError('usage', NO_SANDBOX))
  else if (app.requestSingleInstanceLock()) open(options).catch(giveUp)
  else app.quit()
}

function giveUp(error: unknown): void {
  onBug(error)
  dialog.showErrorBox('GPO Studio cannot start', describeError(error))
  app.exit(1)
}
