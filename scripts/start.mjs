#!/usr/bin/env node
/** `npm start`: the window; without Electron or a display, a message and the same pages on loopback. */
import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { ensureBuilt } from './build.mjs'
import { electronPath, sandboxArguments, whyNoWindow } from './electron.mjs'

const root = resolve(import.meta.dirname, '..')
const args = process.argv.slice(2)

ensureBuilt('gpo')
const reason = whyNoWindow()
const [command, commandArgs] = reason
  ? [process.execPath, [join(root, 'out/main/headless.cjs'), 'serve', ...args]]
  : [electronPath(), [...sandboxArguments, root, ...args]]
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
