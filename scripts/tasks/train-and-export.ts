/** Supervised fine-tuning on generated solutions with the program's own command, then the export: how the bundled models are made. */
import { spawnSync } from 'node:child_process'
import { cpSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
const ROWS = 60_000

interface Recipe {
  readonly name: string
  /** Where training begins, as in a plan. */
  readonly start: string
  /** As `make-tasks --mix` takes it. */
  readonly mix: string
  /** Of the rows. */
  readonly seed: number
  readonly learningRate: number
  readonly warmupSteps: number
  readonly iterations: number
  /** Folder for the rows, the plan, and the runs. */
  readonly work: string
  /** Folder that the exported files are copied to. */
  readonly out: string
}

function run(command: string[]): void {
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' })
  if (status !== 0) throw new Error(`${command.join(' ')} failed`)
}

export function trainAndExport(recipe: Recipe): void {
  const { name, start, mix, seed, learningRate, warmupSteps, iterations, work, out } = recipe
  const rows = join(work, 'sft.jsonl')
  run(['scripts/make-tasks.ts', '--sft', String(ROWS), '--seed', String(seed), '--mix', mix, '--out', rows])
  const plan = {
    name,
    model: { path: start },
    data: { train: { path: rows } },
    adaptation: { kind: 'full' },
    objective: { kind: 'sft' },
    optimiser: { learningRate, warmupSteps, weightDecay: 0.01 },
    // A constant learning rate, so that the first N iterations do not depend on the number of all.
    budget: { iterations, promptsPerIteration: 64, microbatchTokens: 16_384 },
    checkpoint: { everyIterations: 50, keepLast: 1000, keepBest: false },
  }
  writeFileSync(join(work, 'plan.json'), JSON.stringify(plan))
  const database = join(work, 'runs.db')
  run(['scripts/gpo.mjs', 'train', join(work, 'plan.json'), '--db', database])
  run([
    'scripts/gpo.mjs',
    'export',
    'last',
    '--db',
    database,
    '--format',
    'safetensors',
    '--out',
    join(work, 'exported'),
  ])
  // The model card names folders of this machine.
  cpSync(join(work, 'exported'), out, { recursive: true, filter: (path) => !path.endsWith('README.md') })
}
