/**
 * `npm run bench -- [train] [decode] [gpo] [store] [memory] [ui]`: measures all six parts or the named ones. One JSON object on standard output,
 * progress on standard error. What is measured and how to read it: docs/benchmarks.md.
 */
import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { ensureBuilt } from './build.mjs'
import { bundle } from './bundle.mjs'

const root = resolve(import.meta.dirname, '..')
const parts = process.argv.slice(2)
if ((parts.length === 0 || parts.includes('ui')) && !process.env.BENCH_BUILT) ensureBuilt('bench')
const file = await bundle(join(root, 'bench/bench.ts'))
process.exitCode =
  spawnSync(process.execPath, ['--enable-source-maps', file, ...parts], {
    cwd: root,
    stdio: 'inherit',
    // The environment of trainers (src/main/trainer/fork.ts); the peer gets the same.
    env: { MALLOC_MMAP_THRESHOLD_: '4294967296', MALLOC_TRIM_THRESHOLD_: '8589934592', ...process.env },
  }).status ?? 1
