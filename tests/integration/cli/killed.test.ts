/**
 * Runs that are killed at several moments. The run can always be resumed, and ends with the same weights, optimiser state and metrics as an
 * undisturbed one.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PlanInput } from '@shared/schemas/plan'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  expectSoundDatabase,
  filesOf,
  gpo,
  metricsOf,
  planOf,
  type Shown,
  type Started,
  show,
  start,
  temporaryFolder,
  tensorsOf,
  until,
  writePlan,
  writeRows,
} from '../../support/gpo'

const ITERATIONS = 10
const folder = temporaryFolder()
const rows = writeRows(folder)
const budget = { iterations: ITERATIONS }
const checkpoint = { everyIterations: 2, keepLast: 10 }
const plans: Readonly<Record<string, PlanInput>> = {
  'full GPO-PPO': planOf(rows, { objective: { kind: 'ppo' }, budget, checkpoint }),
  'LoRA GPO-DPO': planOf(rows, {
    objective: { kind: 'dpo' },
    adaptation: { kind: 'lora', r: 2, targets: ['q_proj', 'v_proj'] },
    budget,
    checkpoint,
  }),
}

/** A moment of a run, recognised from what `gpo train --json` says and what is on disk. */
interface Moment {
  readonly name: string
  readonly isHere: (stdout: string, runs: string) => boolean
}

const runFolders = (runs: string) => (existsSync(runs) ? readdirSync(runs) : [])
const has = (runs: string, name: string) => runFolders(runs).some((run) => existsSync(join(runs, run, name)))

const MOMENTS: readonly Moment[] = [
  { name: 'while it loads', isHere: (_, runs) => runFolders(runs).length > 0 },
  {
    name: 'in an iteration after the first checkpoint',
    isHere: (stdout) => /"phase","iteration":3,.*"phase":"update"/.test(stdout),
  },
  { name: 'right after a checkpoint', isHere: (_, runs) => has(runs, 'checkpoint-00000004') },
]

/** A checkpoint is on disk before it is in the database. */
const RECORDED: Moment = {
  name: 'the second checkpoint is recorded',
  isHere: (stdout) => stdout.includes('"type":"checkpoint","iteration":4,'),
}

/** The trainer of a `gpo` process: its only child, as soon as it is there. */
async function trainerOf(pid: number): Promise<number> {
  const children = () =>
    readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  await until(() => children().length === 1, `process ${pid} starts its trainer`)
  return children()[0]!
}

const isGone = (pid: number) => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.startsWith('Z') ?? true
  } catch {
    return true
  }
}

interface Finished {
  readonly run: Shown
  readonly tensors: Record<string, Buffer>
  readonly metrics: Record<string, Record<number, number>>
}

async function finished(home: string): Promise<Finished> {
  const run = await show(home)
  const last = run.checkpoints.at(-1)!
  return { run, tensors: tensorsOf(join(run.folder, last.path)), metrics: metricsOf(home, run.id) }
}

/** Starts a run and waits for the moment. */
async function startUntil(home: string, plan: PlanInput, { name, isHere }: Moment): Promise<Started> {
  const started = start(home, ['train', writePlan(home, plan), '--json'])
  await until(() => isHere(started.said().stdout, join(home, 'runs')), name)
  return started
}

const undisturbed = new Map<string, Finished>()

beforeAll(async () => {
  for (const [name, plan] of Object.entries(plans)) {
    const home = temporaryFolder()
    expect((await gpo(home, 'train', writePlan(home, plan))).code).toBe(0)
    undisturbed.set(name, await finished(home))
  }
})

/** Resumes the interrupted run of `home` and compares it with the undisturbed one. */
async function expectSameEnd(home: string, name: string): Promise<void> {
  expectSoundDatabase(home)
  const resumed = await gpo(home, 'resume', 'last')
  expect(resumed.stderr).toMatch(/resumes after iteration \d|has no usable checkpoint and starts over/)
  expect(resumed.code).toBe(0)
  await expectSame(home, name)
}

async function expectSame(home: string, name: string): Promise<void> {
  const { run, tensors, metrics } = await finished(home)
  const expected = undisturbed.get(name)!
  expect(run).toMatchObject({ status: 'completed', iteration: ITERATIONS, error: null })
  expect(metrics).toEqual(expected.metrics)
  expect(Object.keys(tensors).toSorted()).toEqual(['optimiser.safetensors', 'trainable.safetensors'])
  for (const [file, bytes] of Object.entries(tensors)) expect(bytes.equals(expected.tensors[file]!), file).toBe(true)
  expect(filesOf(run.folder)).toEqual(filesOf(expected.run.folder))
  expect(run.checkpoints.map(({ path }) => path)).toEqual(expected.run.checkpoints.map(({ path }) => path))
  expectSoundDatabase(home)
}

const cases = Object.keys(plans).flatMap((plan) => MOMENTS.map((moment) => ({ plan, moment, when: moment.name })))

describe.skipIf(process.platform !== 'linux')('a run whose trainer is killed', () => {
  it.each(cases)('$when is interrupted, and goes on as if nothing had been ($plan)', async ({ plan, moment }) => {
    const home = temporaryFolder()
    const { child, ended } = await startUntil(home, plans[plan]!, moment)
    process.kill(await trainerOf(child.pid!), 'SIGKILL')
    const { code, stderr } = await ended
    expect(stderr).toMatch(
      /run \w+ was interrupted\. The trainer was killed \(SIGKILL\): .* resume it with: gpo resume \w+/,
    )
    expect(code).toBe(130)
    expect(await show(home)).toMatchObject({ status: 'interrupted', error: { code: 'interrupted' }, owner: null })
    await expectSameEnd(home, plan)
  })
})

describe.skipIf(process.platform !== 'linux')('a run whose main process is killed', () => {
  it.each(cases)('$when is interrupted, and goes on as if nothing had been ($plan)', async ({ plan, moment }) => {
    const home = temporaryFolder()
    const { child, ended } = await startUntil(home, plans[plan]!, moment)
    const trainer = await trainerOf(child.pid!)
    child.kill('SIGKILL')
    expect((await ended).signal).toBe('SIGKILL')
    await until(() => isGone(trainer), 'the trainer ends with its parent')
    const run = await show(home)
    expect(run).toMatchObject({ status: 'interrupted', owner: null })
    expect(run.error?.message).toBe(`The program that ran it ended unexpectedly (process ${child.pid}).`)
    await expectSameEnd(home, plan)
  })
})

describe.skipIf(process.platform !== 'linux')('a run whose newest checkpoint is damaged', () => {
  it('is reported, and the run resumes from the one before as if nothing had happened', async () => {
    const home = temporaryFolder()
    const [name = ''] = Object.keys(plans)
    const { child, ended } = await startUntil(home, plans[name]!, RECORDED)
    child.kill('SIGKILL')
    await ended
    const { folder, checkpoints } = await show(home)
    const { path, iteration } = checkpoints.at(-1)!
    const file = join(folder, path, 'trainable.safetensors')
    const bytes = readFileSync(file)
    bytes[bytes.length - 1]! ^= 1
    writeFileSync(file, bytes)
    const resumed = await gpo(home, 'resume', 'last')
    expect(resumed.stderr).toMatch(
      new RegExp(`warning: the checkpoint ${path} is damaged: trainable\\.safetensors has SHA-256`),
    )
    expect(resumed.stderr).toContain(`resumes after iteration ${iteration - 2}`)
    expect(resumed.code).toBe(0)
    await expectSame(home, name)
  })
})
