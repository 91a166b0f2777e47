#!/usr/bin/env node
/** Starts the `gpo` command, building it first when the sources are newer. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureBuilt } from './build.mjs'

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

ensureBuilt('gpo')
await import(pathToFileURL(entry).href)
