/**
 * Makes the bundled model of the long tasks: `bundled:tiny`, trained further on solutions of many lines with the program's own SFT recipe. About 8
 * minutes on two cores.
 *
 *   npm run make-long-model -- [--iterations N] [--keep FOLDER]
 *
 * It is stopped early on purpose, where it solves 5 to 25 % of the long chains and long shuffles: docs/experiments.md.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { trainAndExport } from './tasks/train-and-export.ts'

const { values: flags } = parseArgs({
  options: { iterations: { type: 'string', default: '300' }, keep: { type: 'string' } },
})

const work = flags.keep ? resolve(flags.keep) : mkdtempSync(join(tmpdir(), 'gpo-tiny-long-'))
mkdirSync(work, { recursive: true })
trainAndExport({
  name: 'tiny model of the long tasks',
  start: 'bundled:tiny',
  // Shuffles and booleans are learned within a few hundred rows, chains and Countdown slowly.
  mix: 'long-chains=3,long-shuffles=0.1,deep-booleans=0.05,countdown=1,chain-arithmetic=0.5',
  seed: 2,
  learningRate: 1.5e-3,
  warmupSteps: 30,
  iterations: Number(flags.iterations),
  work,
  out: resolve(import.meta.dirname, '../resources/models/tiny-long'),
})
if (!flags.keep) rmSync(work, { recursive: true, force: true })
