/**
 * `npm run bench -- [train] [decode] [gpo] [store]`: measures, all four parts or those named. One JSON object on standard output, progress on
 * standard error. What is measured and how to read it: docs/benchmarks.md.
 */
import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { bundle } from './bundle.mjs'

const root = resolve(import.meta.dirname, '..')
const file = await bundle(join(root, 'bench/bench.ts'))
process.exitCode =
  spawnSync(process.execPath, ['--enable-source-maps', file, ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
  }).status ?? 1
