/** The window in a real Electron. */
import { join } from 'node:path'
import { _electron } from 'playwright-core'
import { inject } from 'vitest'
import { ONLY_HERE } from './browser'
import type { Opened, OpenOptions } from './journey'

/** Chromium's sandbox cannot be set up by root, which containers usually are. */
const isRoot = process.getuid?.() === 0

/** Starts the program after Playwright is attached: see there. */
const ENTRY = join(import.meta.dirname, 'electron-entry.cjs')

async function launch(executablePath: string, { built, home, env }: OpenOptions) {
  const data = `--user-data-dir=${join(home, 'electron')}` // the single-instance lock is there too
  const program = join(built, 'main/index.cjs')
  const electron = await _electron.launch({
    executablePath,
    args: [...(isRoot ? ['--no-sandbox'] : []), '--disable-gpu', ONLY_HERE, data, ENTRY, program],
    env: { ...env, DISPLAY: inject('display') },
  })
  return { electron, page: await electron.firstWindow() }
}

export async function openWindow(options: OpenOptions): Promise<Opened> {
  const found = inject('electron')
  if (!('path' in found)) throw new Error(found.reason)
  const { electron, page } = await launch(found.path, options)
  const child = electron.process()
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return {
    page,
    electron,
    pid: child.pid ?? 0,
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return
      // The window asks before it closes during a run, so stop the run first.
      await electron.evaluate(({ dialog }) => {
        dialog.showMessageBox = async () => ({ response: 1, checkboxChecked: false })
      })
      const impatience = setTimeout(() => child.kill('SIGKILL'), 60_000)
      await electron.close().catch(() => {})
      await ended
      clearTimeout(impatience)
    },
  }
}
