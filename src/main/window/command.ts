/**
 * The `gpo` command of an installed program, without a window or a display. Electron's own ways to be a Node (ELECTRON_RUN_AS_NODE) are switched off
 * there, because any program of the user could borrow this one's name and rights with them: a switch asks for the command instead.
 */
import { forkWorkersBy } from '@main/workers/fork'
import { describeBug } from '@shared/errors'
import { app } from 'electron'
import { decodeParquetInUtility, forkUtility } from './utility'

/** What was written to a pipe is read before the process is gone. */
const flush = (stream: NodeJS.WriteStream) => new Promise<void>((resolve) => stream.write('', () => resolve()))

/**
 * @param folder of the built entries
 * @param run does the command's work; gives its exit code
 */
export function startCommand(folder: string, run: () => Promise<number>): void {
  app.disableHardwareAcceleration() // nothing is drawn
  forkWorkersBy(forkUtility)
  decodeParquetInUtility(folder)
  void app
    .whenReady()
    .then(run)
    .catch((error: unknown) => {
      process.stderr.write(`${describeBug(error)}\n`)
      return 1
    })
    .then(async (code) => {
      await Promise.all([flush(process.stdout), flush(process.stderr)])
      app.exit(process.exitCode === undefined ? code : Number(process.exitCode))
    })
}
