/** The Electron host: composition root of the window. */
import { join } from 'node:path'
import { describeError } from '@shared/errors'
import { app, dialog } from 'electron'
import { settingsOf } from './api/system'
import { createProgram } from './host/create'
import { connectWindows } from './window/connect'
import { electronHost } from './window/dialogs'
import { servePages } from './window/protocol'
import { guardContents } from './window/security'
import { forkUtility } from './window/utility'
import { createWindows } from './window/windows'

const onBug = (error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
}

/** `--db FILE`, as with the terminal command. */
function databaseArgument(): string | undefined {
  const at = process.argv.indexOf('--db')
  return at >= 0 ? process.argv[at + 1] : undefined
}

async function main(): Promise<void> {
  await app.whenReady()
  servePages(join(import.meta.dirname, '../renderer'))
  const windows = createWindows({ preload: join(import.meta.dirname, '../preload/index.cjs') })
  const program = createProgram({
    host: electronHost(windows),
    database: databaseArgument(),
    workerPath: join(import.meta.dirname, 'worker.cjs'),
    jobWorkerPath: join(import.meta.dirname, 'job-worker.cjs'),
    fork: forkUtility,
    onBug,
  })
  connectWindows(program.services, windows, onBug)
  windows.followRuns(program.services.runs, () => settingsOf(program.services.store).notifications)
  windows.open()

  app.on('second-instance', windows.open)
  app.on('activate', windows.open)
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
        setImmediate(() => app.quit()) // Electron ignores it within this event
      })
  })
}

guardContents()
if (app.requestSingleInstanceLock())
  main().catch((error: unknown) => {
    onBug(error)
    dialog.showErrorBox('GPO Studio cannot start', describeError(error))
    app.exit(1)
  })
else app.quit()
