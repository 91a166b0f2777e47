#!/usr/bin/env node
/** `npm start`: the window; without Electron or a display, a message and the same pages on loopback. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { ensureBuilt } from './build.mjs'

const root = resolve(import.meta.dirname, '..')
const args = process.argv.slice(2)

/** Electron's executable; its package downloads it on first use. */
function electronPath() {
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

function whyNoWindow() {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    return 'There is no display (DISPLAY and WAYLAND_DISPLAY are not set)'
  const path = electronPath()
  if (!path || !existsSync(path)) return 'Electron could not be found or downloaded'
  return null
}

ensureBuilt('gpo')
const reason = whyNoWindow()
const [command, commandArgs] = reason
  ? [process.execPath, [join(root, 'out/main/headless.cjs'), 'serve', ...args]]
  : [electronPath(), [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), root, ...args]]
if (reason) process.stderr.write(`${reason}: the same pages are served on loopback instead.\n`)
const child = spawn(command, commandArgs, { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('error', (error) => {
  process.stderr.write(`gpo-studio: ${error.message}\n`)
  process.exitCode = 1
})
child.on('exit', (code, signal) => {
  process.exitCode = signal ? 130 : (code ?? 1)
})
