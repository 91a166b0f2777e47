/** The window in a real Electron. */
import { join } from 'node:path'
import { _electron } from 'playwright-core'
import { inject } from 'vitest'
import { ONLY_HERE } from './browser'
import type { Opened, OpenOptions } from './journey'

/** Chromium's sandbox cannot be set up by root, which containers usually are. */
const isRoot = process.getuid?.() === 0

export async function openWindow({ built, home, env }: OpenOptions): Promise<Opened> {
  const found = inject('electron')
  if (!('path' in found)) throw new Error(found.reason)
  const electron = await _electron.launch({
    executablePath: found.path,
    args: [
      ...(isRoot ? ['--no-sandbox'] : []),
      '--disable-gpu',
      ONLY_HERE,
      // The lock of the single instance lies there too.
      `--user-data-dir=${join(home, 'electron')}`,
      join(built, 'main/index.cjs'),
    ],
    env: { ...env, DISPLAY: inject('display') },
  })
  const child = electron.process()
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const page = await electron.firstWindow()
  return {
    page,
    electron,
    pid: child.pid ?? 0,
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return
      // A running run asks before its window closes: stop it.
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
