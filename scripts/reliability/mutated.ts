/**
 * Files of every format that is read, damaged in many ways, the same for the same seed. Each must be read, or refused with one of our errors, soon and
 * with little memory. Anything else is a problem and is named.
 *
 * `node scripts/run.mjs scripts/reliability/mutated.ts --files 100000 --seed 1`. Prints JSON.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readBundle } from '@main/export/read-bundle'
import { writeBundle } from '@main/export/write-bundle'
import { readCheckpoint, writeCheckpoint } from '@main/formats/run-checkpoint'
import { readPlan } from '@main/library/plans/plan-file'
import { insertMetrics } from '@main/store/metrics'
import { openStore } from '@main/store/open'
import { createRun, getRun, listRuns, newRunId } from '@main/store/runs'
import { insertTrajectories, listTrajectories } from '@main/store/trajectories'
import { describeError, GpoError } from '@shared/errors'
import { planSchema } from '@shared/schemas/plan'
import { damage, folder, TARGETS, type Target, TOO_LONG } from '../../tests/support/fuzz-targets'
import { numbersOf } from './program'

const { files, seed } = numbersOf({ files: 100_000, seed: 1 })
const work = mkdtempSync(join(tmpdir(), 'gpo-mutated-'))

const planOf = () => ({
  model: { path: 'bundled:tiny' },
  data: { train: { path: 'bundled:chain-arithmetic' } },
  objective: { kind: 'grpo' },
  budget: { iterations: 8 },
})

const trajectory = (index: number) => ({
  iteration: 1,
  index,
  row: index,
  prompt: '1+1=',
  reference: '2',
  text: 'It is 2',
  tokens: 3,
  reward: 1,
  status: 'correct' as const,
  extracted: '2',
  steps: [{ start: 0, end: 3, text: 'It is 2' }],
  states: [
    { successes: 1, samples: 4, value: 0.25 },
    { successes: 0, samples: 0, value: 1 },
  ],
  critical: { rule: 'max' as const, step: 0, advantage: 0.75, confidence: 1 },
  continuations: [],
})

/** A database with a run, and a bundle of it. */
async function recorded(): Promise<{ database: string; bundle: string }> {
  const database = join(work, 'runs.db')
  const store = openStore(database)
  const { id } = createRun(store, { id: newRunId(), name: 'a run', plan: planSchema.parse(planOf()) })
  insertMetrics(
    store,
    id,
    Array.from({ length: 50 }, (_, i) => ({ iteration: i, values: { loss: i / 8 } })),
  )
  insertTrajectories(store, id, [trajectory(0), trajectory(1)])
  const bundle = join(work, 'run.gpo')
  await writeBundle({ store, run: id, version: '0.1.0', path: bundle, trajectories: 2 })
  store.close()
  return { database, bundle }
}

const { database, bundle } = await recorded()

/** As a start of the program and a look at the runs do. */
function readDatabase(bytes: Uint8Array): void {
  const file = join(work, 'damaged.db')
  for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true })
  writeFileSync(file, bytes)
  const store = openStore(file)
  try {
    for (const { id } of listRuns(store)) {
      getRun(store, id)
      listTrajectories(store, id)
    }
  } finally {
    store.close()
  }
}

async function readWholeBundle(bytes: Uint8Array): Promise<void> {
  const path = join(work, 'damaged.gpo')
  writeFileSync(path, bytes)
  const reader = await readBundle(path)
  try {
    for await (const _ of reader.parts());
  } finally {
    await reader.close()
  }
}

/** One file of a checkpoint, the others whole. */
function inCheckpoint(name: string) {
  const run = mkdtempSync(join(work, 'run-'))
  const { path } = writeCheckpoint(run, {
    iteration: 1,
    state: {},
    groups: { trainable: new Map([['w', { shape: [50], data: new Float32Array(50).fill(0.5) }]]) },
  })
  const file = join(run, path, name)
  const whole = readFileSync(file)
  return {
    name: `checkpoint, ${name}`,
    whole: () => whole,
    read(bytes: Uint8Array) {
      writeFileSync(file, bytes)
      readCheckpoint(join(run, path))
    },
  }
}

type Case = Pick<Target, 'name' | 'whole' | 'read' | 'reach' | 'patience'>

const OWN: readonly Case[] = [
  { name: 'database', whole: () => readFileSync(database), read: readDatabase },
  { name: 'run bundle', whole: () => readFileSync(bundle), read: readWholeBundle },
  inCheckpoint('manifest.json'),
  inCheckpoint('trainable.safetensors'),
  {
    name: 'plan',
    whole: () => new TextEncoder().encode(JSON.stringify(planOf(), null, 2)),
    read(bytes) {
      writeFileSync(join(work, 'plan.json'), bytes)
      readPlan(join(work, 'plan.json'), [])
    },
  },
]

/** Parquet is decoded in a process of its own for each file, so there are fewer. */
const share = ({ name }: Case) => (name.startsWith('Parquet') ? 0.02 : 1)

interface Count {
  readonly name: string
  tried: number
  read: number
  refused: number
  slowestMs: number
}

const problems: string[] = []
/** `--only=database`: that format alone. */
const only = process.argv.find((one) => one.startsWith('--only='))?.slice('--only='.length)
const cases: readonly Case[] = [...TARGETS, ...OWN].filter(({ name }) => only === undefined || name === only)
const shares = cases.reduce((sum, one) => sum + share(one), 0)
const counts: Count[] = []
const begin = performance.now()
for (const one of cases) {
  const whole = one.whole()
  const count: Count = { name: one.name, tried: 0, read: 0, refused: 0, slowestMs: 0 }
  counts.push(count)
  const wanted = Math.ceil((files * share(one)) / shares)
  for (let i = 0; i < wanted; i++) {
    const broken = damage(whole, seed * 1_000_000 + i, one.reach)
    const started = performance.now()
    count.tried++
    try {
      await one.read(broken)
      count.read++
    } catch (error) {
      if (error instanceof GpoError && error.message.length < 3000) count.refused++
      else if (problems.length < 100) problems.push(`${one.name}, damage ${i}: ${describeError(error).slice(0, 300)}`)
    }
    const ms = performance.now() - started
    count.slowestMs = Math.max(count.slowestMs, Math.round(ms))
    if (ms > (one.patience ?? TOO_LONG)) problems.push(`${one.name}, damage ${i}: took ${Math.round(ms)} ms`)
  }
  process.stderr.write(`${JSON.stringify({ ...count, minutes: (performance.now() - begin) / 60_000 })}\n`)
}
const total = (key: 'tried' | 'read' | 'refused') => counts.reduce((sum, one) => sum + one[key], 0)
const sum = { tried: total('tried'), read: total('read'), refused: total('refused'), problems: problems.length }
const rssMB = Math.round(process.memoryUsage().rss / 2 ** 20)
process.stdout.write(`${JSON.stringify({ ...sum, rssMB, minutes: (performance.now() - begin) / 60_000, counts, named: problems }, null, 2)}\n`) // biome-ignore format: one line of output
for (const one of [work, folder]) rmSync(one, { recursive: true, force: true })
process.exitCode = problems.length === 0 ? 0 : 1
