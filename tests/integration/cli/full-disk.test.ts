import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import {
  type Ended,
  expectFailure,
  expectSoundDatabase,
  filesOf,
  gpo,
  planOf,
  show,
  start,
  temporaryFolder,
  until,
  writePlan,
  writeRows,
} from '../../support/gpo'
import { type ModelChanges, writeTinyModel } from '../../support/model-folder'

const ITERATIONS = 4

/** @param changes of the plan's model */
const writeRun = (folder: string, model?: ModelChanges) => {
  const plan = planOf(writeRows(folder), {
    objective: { kind: 'grpo' },
    budget: { iterations: ITERATIONS },
    checkpoint: { everyIterations: 1, keepLast: 100 },
  })
  const own = model ? { model: { path: writeTinyModel(join(folder, 'model'), model) } } : {}
  return writePlan(folder, { ...plan, ...own })
}

/** A separate small file system, if that is permitted; otherwise null. */
function smallDisk(size: string): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'gpo-disk-'))
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder])
  afterAll(() => {
    if (status === 0) spawnSync('umount', ['-l', folder])
    rmSync(folder, { recursive: true, force: true })
  })
  return status === 0 ? folder : null
}

const disk = process.platform === 'linux' ? smallDisk('4m') : null

/**
 * Checks that the run failed as storage, left no partial files, and that the records match the files. @returns the iteration of the newest
 * checkpoint
 */
async function expectSafe(home: string, ended: Ended, message: RegExp): Promise<number> {
  expectFailure(ended, 7, message)
  const run = await show(home)
  expect(run).toMatchObject({ status: 'failed', error: { code: 'storage' }, owner: null })
  expect(filesOf(run.folder)).toEqual(run.checkpoints.map(({ path }) => path))
  expectSoundDatabase(home)
  return run.checkpoints.at(-1)?.iteration ?? 0
}

async function expectResumed(home: string, kept: number): Promise<void> {
  const resumed = await gpo(home, 'resume', 'last')
  expect(resumed.stderr).toContain(`resumes after iteration ${kept}`)
  expect(resumed.code).toBe(0)
  expect(await show(home)).toMatchObject({ status: 'completed', iteration: ITERATIONS, error: null })
}

describe.skipIf(disk === null)('a disk that fills up during a run', () => {
  it('pauses it with what is needed, and the run goes on when there is room', async () => {
    const home = disk!
    expect((await gpo(home, 'runs')).code).toBe(0)
    const ballast = join(home, 'ballast')
    writeFileSync(ballast, Buffer.alloc(fillTo(home, 520_000)))
    const { said, ended } = start(home, ['train', writeRun(temporaryFolder())])
    await until(() => said().stderr.includes('paused: '), 'the run pauses')
    expect(said().stderr).toMatch(
      /paused: writing the checkpoint of iteration \d .*which needs [\d,]+ bytes, failed \(ENOSPC\): the disk is full: free some space\. The run is paused until then and goes on by itself/,
    )
    rmSync(ballast)
    const { code, stderr } = await ended
    expect(stderr).toContain('the run goes on')
    expect(code).toBe(0)
    const run = await show(home)
    expect(run).toMatchObject({ status: 'completed', iteration: ITERATIONS, error: null })
    expect(filesOf(run.folder)).toEqual(run.checkpoints.map(({ path }) => path))
    expectSoundDatabase(home)
    rmSync(run.folder, { recursive: true })
  })

  it('fails it with what is kept when a person ends it; the older checkpoint is resumed when there is room', async () => {
    const home = disk!
    const folder = temporaryFolder()
    const ballast = join(home, 'ballast')
    writeFileSync(ballast, Buffer.alloc(fillTo(home, 520_000)))
    const { child, said, ended: ending } = start(home, ['train', writeRun(folder)])
    await until(() => said().stderr.includes('paused: '), 'the run pauses')
    child.kill('SIGINT')
    // The database may have no room left for the run's end either: then the next command finds it without its process.
    expectFailure(
      await ending,
      7,
      /^gpo: .*the disk is full: free some space.*The checkpoint of iteration \d is kept\./m,
    )
    rmSync(ballast)
    const run = await show(home)
    expect(run.status).toMatch(/^(failed|interrupted)$/)
    expect(run.owner).toBeNull()
    expect(filesOf(run.folder)).toEqual(run.checkpoints.map(({ path }) => path))
    expectSoundDatabase(home)
    await expectResumed(home, run.checkpoints.at(-1)!.iteration)
    rmSync(run.folder, { recursive: true })
  })

  it('pauses it when the database cannot grow, and the run goes on when there is room', async () => {
    const home = disk!
    const ballast = join(home, 'ballast')
    writeFileSync(ballast, Buffer.alloc(fillTo(home, 150_000)))
    const set = ['--set', 'budget.iterations=60', '--set', 'checkpoint.everyIterations=60']
    const { said, ended } = start(home, ['train', writeRun(temporaryFolder()), ...set])
    const full = /paused: The database .*runs\.db cannot grow because the disk is full: free some space/
    await until(() => full.test(said().stderr), 'the run pauses')
    rmSync(ballast)
    expect((await ended).code).toBe(0)
    expectSoundDatabase(home)
    expect(await show(home)).toMatchObject({ status: 'completed', iteration: 60, error: null })
  })
})

/** Bytes to write so that `free` are left. */
function fillTo(folder: string, free: number): number {
  const { stdout } = spawnSync('df', ['--output=avail', '-B1', folder], { encoding: 'utf8' })
  return Number(stdout.split('\n')[1]) - free
}

describe.skipIf(process.platform === 'win32')('a limit on the size of files', () => {
  it('fails the run with the limit; it is resumed without it', async () => {
    const home = temporaryFolder()
    const folder = temporaryFolder()
    // Kilobytes: the database stays below, the model's 1.6 MB of optimiser state do not.
    const ended = await start(
      home,
      ['train', writeRun(folder, { intermediateSize: 2000 })],
      'ulimit -f 600 && exec "$@"',
    ).ended
    const message =
      /writing the checkpoint of iteration 1 .*failed \(EFBIG\): the file is larger than this system allows.*There was no checkpoint yet/
    expect(await expectSafe(home, ended, message)).toBe(0)
    const resumed = await gpo(home, 'resume', 'last')
    expect(resumed.stderr).toContain('has no usable checkpoint and starts over')
    expect(await show(home)).toMatchObject({ status: 'completed', iteration: ITERATIONS })
  })
})

it.skipIf(process.platform !== 'linux')(
  'output that cannot be written ends the command with its code, and a sentence',
  async () => {
    const { code, signal, stderr } = await start(temporaryFolder(), ['runs'], 'exec "$@" > /dev/full').ended
    expect({ code, signal }).toEqual({ code: 7, signal: null })
    expect(stderr).toBe('gpo: the output cannot be written (ENOSPC): write it to another disk\n')
  },
)
