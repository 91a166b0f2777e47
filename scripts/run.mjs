/** `node scripts/run.mjs ENTRY.ts ARGS…`: bundles a TypeScript script and runs it. */
import { spawnSync } from 'node:child_process'
import { bundle } from './bundle.mjs'

const [entry, ...args] = process.argv.slice(2)
const file = await bundle(entry)
process.exitCode =
  spawnSync(process.execPath, ['--enable-source-maps', file, ...args], { stdio: 'inherit' }).status ?? 1
