/** Resuming a run: its owner, the checkpoint, the deleted records; and finding a run. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { offeredCheckpoints } from '@main/runs/on-disk'
import { newRun, prepareResume, recoverInterrupted, resolveRun } from '@main/runs/prepare'
import { thisProcess } from '@main/runs/process'
import { listCheckpoints } from '@main/store/checkpoints'
import { metricSummaries, readSeries } from '@main/store/metrics'
import type { Store } from '@main/store/query'
import { recordEvents } from '@main/store/record-events'
import { createRun, endRun, getRun, startRun } from '@main/store/runs'
import { listTrajectories } from '@main/store/trajectories'
import { truncateAfter } from '@main/store/truncate'
import type { RunRecord } from '@shared/schemas/run'
import { describe, expect, it } from 'vitest'
import { checkpointOf, drive, iterationOf, open, plan, sends, temporaryHome } from '../support/scripted-run'
import { errorOf } from '../unit/store/fixtures'

const losses = (store: Store, run: string) => readSeries(store, run, 'loss').iterations
const recorded = (store: Store, run: string) => listCheckpoints(store, run).map(({ iteration }) => iteration)
const onDisk = ({ folder }: RunRecord) => readdirSync(folder).toSorted()
const damage = ({ folder }: RunRecord, name: string) => writeFileSync(join(folder, name, 'manifest.json'), '{}')

/** An interrupted run of 5 iterations with checkpoints after 2 and 4. */
function interrupted(store: Store): RunRecord {
  const run = newRun(store, plan)
  const owner = { pid: 1, startedAt: 'long ago' }
  startRun(store, run.id, owner)
  for (let i = 1; i <= 5; i++)
    recordEvents(store, run.id, [...iterationOf(i), ...(i % 2 ? [] : [checkpointOf(run, i)])])
  endRun(store, run.id, owner, { status: 'interrupted' })
  return getRun(store, run.id)
}

const rowsOf = (store: Store, { id }: RunRecord) => ({
  run: getRun(store, id),
  metrics: metricSummaries(store, id),
  trajectories: listTrajectories(store, id).rows,
  checkpoints: listCheckpoints(store, id),
})

describe('a run whose process is gone', () => {
  it('becomes interrupted; one that is alive stays as it is', () => {
    const store = open()
    const [gone, reused, alive] = [newRun(store, plan), newRun(store, plan), newRun(store, plan)]
    startRun(store, gone.id, { pid: 2 ** 22 + 1, startedAt: '5' }) // above the largest process id
    startRun(store, alive.id, thisProcess())
    const isLinux = process.platform === 'linux' // other systems do not report when a process started
    startRun(store, reused.id, isLinux ? { pid: process.pid, startedAt: '5' } : { pid: 2 ** 22 + 2, startedAt: '5' })
    expect(recoverInterrupted(store).toSorted()).toEqual([gone.id, reused.id].toSorted())
    expect(getRun(store, gone.id)).toMatchObject({ status: 'interrupted', owner: null, error: { code: 'interrupted' } })
    expect(getRun(store, alive.id)).toMatchObject({ status: 'running', owner: thisProcess() })
    expect(recoverInterrupted(store)).toEqual([])
  })
})

describe('resuming', () => {
  it('takes the newest checkpoint and forgets what came after it, in the summaries too', () => {
    const store = open()
    const run = interrupted(store)
    const resumption = prepareResume(store, run.id)
    expect(resumption).toMatchObject({ resumeFrom: join(run.folder, 'checkpoint-00000004'), iteration: 4, damaged: [] })
    expect(resumption.run.iteration).toBe(4)
    expect(losses(store, run.id)).toEqual([1, 2, 3, 4])
    expect(metricSummaries(store, run.id)).toEqual([
      { name: 'kl', last: 6, lastIteration: 4, min: 6, max: 9, count: 4 },
      { name: 'loss', last: 0.5, lastIteration: 4, min: 0.125, max: 0.5, count: 4 },
    ])
    expect(listTrajectories(store, run.id).rows.map(({ iteration }) => iteration)).toEqual([4, 4, 3, 3, 2, 2, 1, 1])
  })

  it('and the same events again give the run that nobody disturbed', async () => {
    const store = open()
    const run = interrupted(store)
    const { run: prepared, resumeFrom } = prepareResume(store, run.id)
    const told = [5, 6, 7, 8].flatMap(iterationOf)
    const end = { type: 'finished', outcome: 'completed', iteration: 8 }
    const ended = await drive(store, prepared, sends(...told, end), { resumeFrom })
    expect(ended).toMatchObject({ status: 'completed', iteration: 8, error: null, startedAt: run.startedAt })
    expect(losses(store, run.id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(listTrajectories(store, run.id).rows).toHaveLength(16)
  })

  it('passes over a damaged checkpoint, says what is wrong with it and removes it', () => {
    const store = open()
    const run = interrupted(store)
    damage(run, 'checkpoint-00000004')
    const { iteration, damaged } = prepareResume(store, run.id)
    expect(iteration).toBe(2)
    expect(damaged).toEqual([expect.stringContaining('checkpoint-00000004')])
    expect(recorded(store, run.id)).toEqual([2])
    expect(onDisk(run)).toEqual(['checkpoint-00000002'])
    expect(losses(store, run.id)).toEqual([1, 2])
  })

  it('offers a newer checkpoint that was not recorded, and goes on from it when asked', () => {
    const store = open()
    const run = interrupted(store)
    checkpointOf(run, 6)
    expect(offeredCheckpoints(store, run)).toMatchObject([{ iteration: 6, path: 'checkpoint-00000006' }])
    const resumption = prepareResume(store, run.id, { isFromDisk: true })
    expect(resumption).toMatchObject({ resumeFrom: join(run.folder, 'checkpoint-00000006'), iteration: 6 })
    expect(resumption.damaged).toEqual([
      expect.stringMatching(/iteration 6, which was not recorded; metrics .* missing/),
    ])
    expect(losses(store, run.id)).toEqual([1, 2, 3, 4, 5])
    expect(recorded(store, run.id)).toEqual([2, 4, 6])
    expect(offeredCheckpoints(store, run)).toEqual([])
  })

  it('goes on from the recorded one unless asked, refuses a damaged one, and names what is not there', () => {
    const store = open()
    const run = interrupted(store)
    expect(errorOf(() => prepareResume(store, run.id, { isFromDisk: true })).message).toContain(
      'has no checkpoint on disk that',
    )
    checkpointOf(run, 6)
    writeFileSync(join(run.folder, 'checkpoint-00000006', 'trainable.safetensors'), 'x')
    const before = rowsOf(store, run)
    expect(errorOf(() => prepareResume(store, run.id, { isFromDisk: true })).code).toBe('storage')
    expect(rowsOf(store, run)).toEqual(before)
    expect(prepareResume(store, run.id)).toMatchObject({ iteration: 4, damaged: [] })
  })

  it('begins again where no checkpoint was recorded', () => {
    const store = open()
    const run = newRun(store, plan)
    recordEvents(store, run.id, iterationOf(1))
    expect(prepareResume(store, run.id)).toMatchObject({ resumeFrom: null, iteration: 0 })
    expect(losses(store, run.id)).toEqual([])
  })

  it('changes nothing where none of the recorded checkpoints can be used', () => {
    const store = open()
    const run = interrupted(store)
    damage(run, 'checkpoint-00000002')
    damage(run, 'checkpoint-00000004')
    const before = rowsOf(store, run)
    const error = errorOf(() => prepareResume(store, run.id))
    expect(error.code).toBe('storage')
    expect(error.message).toMatch(/none of the 2 checkpoints of run \w+ can be used.*checkpoint-00000004/)
    expect(rowsOf(store, run)).toEqual(before)
    expect(onDisk(run)).toEqual(['checkpoint-00000002', 'checkpoint-00000004'])
  })

  it('changes nothing where the folder of the run is not there, as on a disk that is not attached', () => {
    const store = open()
    const run = interrupted(store)
    renameSync(run.folder, `${run.folder}-away`)
    const before = rowsOf(store, run)
    expect(errorOf(() => prepareResume(store, run.id)).code).toBe('storage')
    expect(rowsOf(store, run)).toEqual(before)
    renameSync(`${run.folder}-away`, run.folder)
    expect(prepareResume(store, run.id).iteration).toBe(4)
  })

  it('takes a checkpoint that nobody recorded where the trainer was killed after it removed the only other one', () => {
    const store = open()
    const run = newRun(store, plan)
    recordEvents(store, run.id, [...iterationOf(1), ...iterationOf(2), checkpointOf(run, 2), ...iterationOf(3)])
    const newest = checkpointOf(run, 4)
    rmSync(join(run.folder, 'checkpoint-00000002'), { recursive: true })
    const { resumeFrom, iteration, damaged } = prepareResume(store, run.id)
    expect(resumeFrom).toBe(join(run.folder, 'checkpoint-00000004'))
    expect(iteration).toBe(4)
    expect(damaged.at(-1)).toMatch(
      /resuming from the checkpoint of iteration 4, which was not recorded; .* may be missing/,
    )
    const { iteration: at, path, bytes, sha256 } = newest
    expect(listCheckpoints(store, run.id)).toEqual([{ iteration: at, path, bytes, sha256 }])
    expect(losses(store, run.id)).toEqual([1, 2, 3])
  })

  it('prefers a recorded checkpoint to a newer one that was not, so that nothing is missing', () => {
    const store = open()
    const run = interrupted(store)
    checkpointOf(run, 6)
    expect(prepareResume(store, run.id).iteration).toBe(4)
  })

  it('forgets older checkpoints that are no longer there', () => {
    const store = open()
    const run = interrupted(store)
    rmSync(join(run.folder, 'checkpoint-00000002'), { recursive: true })
    prepareResume(store, run.id)
    expect(recorded(store, run.id)).toEqual([4])
  })

  it('works after the database and its runs were moved to another place', () => {
    const [old, home] = [temporaryHome(), temporaryHome()]
    const first = open(join(old, 'runs.db'))
    const { id } = interrupted(first)
    first.close()
    for (const name of ['runs.db', 'runs']) renameSync(join(old, name), join(home, name))
    const { run, resumeFrom } = prepareResume(open(join(home, 'runs.db')), id)
    expect(run.folder).toBe(join(home, 'runs', id))
    expect(resumeFrom).toBe(join(home, 'runs', id, 'checkpoint-00000004'))
  })

  it('removes no folder that is not a checkpoint, whatever the database says', () => {
    const home = temporaryHome()
    const store = open(join(home, 'runs.db'))
    const run = interrupted(store)
    const precious = join(home, 'precious')
    mkdirSync(precious)
    for (const path of ['../../precious', precious, '.'])
      recordEvents(store, run.id, [{ type: 'checkpoint', iteration: 6, path, bytes: 1, sha256: 'ab', removed: [] }])
    expect(prepareResume(store, run.id).iteration).toBe(4)
    expect(existsSync(precious)).toBe(true)
    expect(onDisk(run)).toEqual(['checkpoint-00000002', 'checkpoint-00000004'])
  })

  it('is refused for a run that is completed or running', () => {
    const store = open()
    const run = interrupted(store)
    startRun(store, run.id, thisProcess())
    expect(errorOf(() => prepareResume(store, run.id))).toMatchObject({ code: 'usage' })
    endRun(store, run.id, thisProcess(), { status: 'completed' })
    expect(errorOf(() => prepareResume(store, run.id)).message).toMatch(/is completed/)
    expect(losses(store, run.id)).toEqual([1, 2, 3, 4, 5])
  })

  it('deletes nothing of a run that another process started meanwhile', () => {
    const store = open()
    const run = interrupted(store)
    startRun(store, run.id, { pid: 77, startedAt: '1' })
    const error = errorOf(() => truncateAfter(store, run.id, 2))
    expect(error.code).toBe('usage')
    expect(error.message).toMatch(/already running, in process 77/)
    expect(losses(store, run.id)).toEqual([1, 2, 3, 4, 5])
  })
})

describe('a run is found', () => {
  const named = (store: Store, id: string, name: string) => createRun(store, { id, name, plan }).id
  const store = () => {
    const made = open()
    for (const [id, name] of [
      ['aab1', 'one'],
      ['aac2', 'two'],
      ['bbb3', 'two'],
      ['aab', 'short'],
    ] as const)
      named(made, id, name)
    return made
  }

  it.each([
    ['its id', 'aac2', 'aac2'],
    ['its id, even if that begins another one', 'aab', 'aab'],
    ['the beginning of its id', 'b', 'bbb3'],
    ['its name', 'one', 'aab1'],
    ['being the last', 'last', 'aab'],
  ])('by %s', (_, wanted, id) => {
    expect(resolveRun(store(), wanted).id).toBe(id)
  })

  it.each([
    ['the beginning of several ids', 'aa', /"aa" matches 3 runs: aab, aac2, aab1; give more characters of the id/],
    ['the name of several runs', 'two', /"two" matches 2 runs: bbb3, aac2; give more characters of the id/],
    ['nothing there is', 'zzz', /there is no run "zzz" in .*runs\.db/],
    ['nothing at all', '', /there is no run ""/],
  ])('not by %s', (_, wanted, message) => {
    const error = errorOf(() => resolveRun(store(), wanted))
    expect(error.code).toBe('notFound')
    expect(error.message).toMatch(message)
  })
})
