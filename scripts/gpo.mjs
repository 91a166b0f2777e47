#!/usr/bin/env node
/** Starts the `gpo` command, building it first when the sources are newer. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const root = resolve(import.meta.dirname, '..')
const entry = join(root, 'out/main/headless.cjs')

// better-sqlite3 needs Node 22; npm scripts find the `node` package first, but this file may also be started by an older one.
if (Number(process.versions.node.split('.')[0]) < 22) {
  const newer = join(root, 'node_modules/node/bin/node')
  if (!existsSync(newer)) {
    process.stderr.write(`gpo: this is Node ${process.versions.node}; Node 22 or newer is needed\n`)
    process.exit(1)
  }
  const { status, signal } = spawnSync(newer, process.argv.slice(1), { stdio: 'inherit' })
  process.exit(signal ? 130 : (status ?? 1))
}

const newest = (path) =>
  statSync(path).isDirectory()
    ? Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))))
    : statSync(path).mtimeMs

const sources = ['src', 'electron.vite.config.ts', 'package.json'].map((name) => join(root, name))
const isPackaged = !existsSync(sources[0])
if (!isPackaged && (!existsSync(entry) || statSync(entry).mtimeMs < Math.max(...sources.map(newest)))) {
  const build = spawnSync(
    process.execPath,
    [join(root, 'node_modules/electron-vite/bin/electron-vite.js'), 'build', '--logLevel', 'error'],
    {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  if (build.status !== 0) {
    process.stderr.write('gpo: the program could not be built; run `npm ci` and try again\n')
    process.exit(1)
  }
}
await import(pathToFileURL(entry).href)
