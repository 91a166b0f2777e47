/** The Electron to start, and whether a window can be opened at all. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')

/** Chromium's sandbox cannot be set up by root, which containers usually are. */
export const sandboxArguments = process.getuid?.() === 0 ? ['--no-sandbox'] : []

/** Electron's executable; its package downloads it when it is first asked for. */
export function electronPath() {
  const own = process.env.ELECTRON_OVERRIDE_DIST_PATH
  if (own) return join(own, process.platform === 'win32' ? 'electron.exe' : 'electron')
  const folder = join(root, 'node_modules/electron')
  const pathFile = join(folder, 'path.txt')
  if (!existsSync(pathFile)) {
    process.stderr.write('Electron is downloaded, once (about 120 MB) …\n')
    spawnSync(process.execPath, [join(folder, 'install.js')], { stdio: 'ignore', timeout: 300_000 })
  }
  if (!existsSync(pathFile)) return null
  return createRequire(import.meta.url)('electron')
}

/** @returns null where a window can be opened */
export function whyNoWindow() {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    return 'There is no display (DISPLAY and WAYLAND_DISPLAY are not set)'
  const path = electronPath()
  if (!path || !existsSync(path)) return 'Electron could not be found or downloaded'
  return null
}
