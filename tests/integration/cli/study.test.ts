/** Studies through the command: a queue of real runs that is killed, paused and continued, and ends with the report of an undisturbed one. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StudySummary } from '@shared/contract/studies'
import type { StudyInput } from '@shared/schemas/study'
import type { StudyResults } from '@shared/study/results'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import {
  expectFailure,
  expectSoundDatabase,
  gpo,
  jsonLines,
  planOf,
  start,
  temporaryFolder,
  until,
  writePlan,
  writeRows,
} from '../../support/gpo'

const ITERATIONS = 4
const folder = temporaryFolder()
writeRows(folder, 'train.jsonl')
writeRows(folder, 'eval.jsonl', 12)

/** Paths are relative to the study's file. */
const study = (change: Partial<StudyInput> = {}): StudyInput => {
  const plan = planOf('train.jsonl', {
    objective: { kind: 'grpo' },
    budget: { iterations: ITERATIONS },
    data: { train: { path: 'train.jsonl' }, eval: { path: 'eval.jsonl' } },
    evaluation: { everyIterations: 2, limit: 12 },
    checkpoint: { everyIterations: 1, keepLast: 10 },
  })
  return {
    name: 'guided or not',
    plan: { ...plan, seed: undefined },
    arms: [
      { name: 'base', changes: { 'gpo.criticalStep': 'none' } },
      { name: 'guided', changes: { 'gpo.criticalStep': 'max' } },
    ],
    base: 'base',
    seeds: [1, 2],
    ...change,
  }
}

const write = (change?: Partial<StudyInput>, name = 'study.json') => writePlan(folder, study(change), name)
const file = write()

type Report = { readonly summary: StudySummary; readonly results: StudyResults }

async function reportOf(home: string): Promise<Report> {
  const ended = await gpo(home, 'study', 'guided or not', '--report', '--json')
  expect(ended.stderr).toBe('')
  return jsonLines<Report>(ended)[0]!
}

/** What does not depend on the machine's speed. */
const timeless = ({ tasks, notes, finished, total }: StudyResults) => ({
  notes,
  finished,
  total,
  tasks: tasks.map(({ arms, comparisons, curves }) => ({
    arms: arms.map(({ cost: { seconds: _, ...cost }, ...arm }) => ({ ...arm, cost })),
    comparisons: comparisons.filter(({ basis }) => basis !== 'seconds'),
    curves: { updates: curves.updates, trained: curves.trained },
  })),
})

let undisturbed: Report
const quiet = temporaryFolder()

beforeAll(async () => {
  const ended = await gpo(quiet, 'study', file)
  expect(ended.stderr).toContain('guided · seed 2')
  expect(ended.stdout).toMatch(/guided/)
  expect(ended.code).toBe(0)
  undisturbed = await reportOf(quiet)
})

/** Starts the study and waits for the second of its runs to be in the middle. */
async function startUntilMiddle(home: string) {
  const started = start(home, ['study', file, '--json'])
  await until(() => {
    const [, second] = started.said().stdout.split('"arm":"guided"')
    return second?.includes('"type":"checkpoint","iteration":2') ?? false
  }, 'the second run is in the middle')
  return started
}

describe('a study', () => {
  it('runs every combination and compares them on the same seeds and problems', () => {
    const { summary, results } = undisturbed
    expect(summary).toMatchObject({ state: 'done', arms: 2, seeds: 2, runs: { total: 4, finished: 4 }, error: null })
    const [task] = results.tasks
    expect(task!.arms.map(({ count }) => count)).toEqual([2, 2])
    expect(task!.comparisons[0]).toMatchObject({ basis: 'measure', seeds: 2, problems: 12 })
    expect(task!.comparisons[1]).toMatchObject({ basis: 'updates', at: ITERATIONS })
    expect(task!.comparisons[2]!.at).toBeGreaterThan(0)
    expect(task!.verdicts).toHaveLength(5)
    expectSoundDatabase(quiet)
  })

  it.skipIf(process.platform !== 'linux')(
    'that is killed goes on where it was, and ends with the same report',
    async () => {
      const home = temporaryFolder()
      const { child, ended } = await startUntilMiddle(home)
      child.kill('SIGKILL')
      expect((await ended).signal).toBe('SIGKILL')
      expect((await reportOf(home)).summary).toMatchObject({ state: 'paused', error: { code: 'interrupted' } })
      const again = await gpo(home, 'study', file)
      expect(again.stderr).toMatch(/resumes after iteration \d/)
      expect(again.code).toBe(0)
      const { summary, results } = await reportOf(home)
      expect(summary).toMatchObject({ state: 'done', error: null, runs: { total: 4, finished: 4 } })
      expect(timeless(results)).toEqual(timeless(undisturbed.results))
      const runs = await gpo(home, 'runs', '--json')
      expect(jsonLines(runs)).toHaveLength(4)
      expectSoundDatabase(home)
    },
  )

  it.skipIf(process.platform === 'win32')('pauses at Ctrl-C, and is continued by its name', async () => {
    const home = temporaryFolder()
    const { child, ended } = await startUntilMiddle(home)
    child.kill('SIGINT')
    const paused = await ended
    expect(paused.stderr).toMatch(/pausing after this iteration/)
    expect(paused.stderr).toMatch(
      /study guided or not paused after 1 of 4 runs; continue it with: gpo study 'guided or not'/,
    )
    expect(paused.code).toBe(0)
    const report = await reportOf(home)
    expect(report.summary).toMatchObject({ state: 'paused', error: null })
    expect(report.results.notes[0]).toBe('3 runs of 4 have not finished: this is what the others say so far.')
    expect((await gpo(home, 'study', 'guided or not')).code).toBe(0)
    expect(timeless((await reportOf(home)).results)).toEqual(timeless(undisturbed.results))
  })

  it('that is done is not repeated', async () => {
    const before = await reportOf(quiet)
    const again = await gpo(quiet, 'study', file, '--json')
    expect(again.code).toBe(0)
    expect(jsonLines<{ type?: string }>(again).filter(({ type }) => type === 'begins')).toEqual([])
    expect((await reportOf(quiet)).results).toEqual(before.results)
  })

  it('whose document changed after the start is refused, naming the difference', async () => {
    const changed = write({ seeds: [1, 2, 3], measure: { iteration: 2 } }, 'changed.json')
    expectFailure(
      await gpo(quiet, 'study', changed),
      2,
      'the study "guided or not" has begun with another document: seeds was [1,2] and is [1,2,3]; measure.iteration was "last" and is 2.',
    )
  })

  it('is reported as Markdown, CSV, JSON and a figure, and listed', async () => {
    const report = async (...flags: string[]) => {
      const { code, stdout, stderr } = await gpo(quiet, 'study', 'guided or not', '--report', ...flags)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      return stdout
    }
    expect(await report()).toMatch(/^# guided or not\n/)
    expect(await report('--format', 'csv', '--budget', 'trained')).toMatch(/\ndifference,.*,trained,/)
    expect(await report('--format', 'svg', '--budget', 'updates')).toMatch(/^<svg .*<\/svg>\n$/s)
    expect(JSON.parse(await report('--format', 'json')).results.total).toBe(4)
    const problems = await gpo(quiet, 'study', 'guided or not', '--problems', 'guided')
    expect(problems.stdout).toMatch(
      /^12 problems, 2 seeds; both solve \d+ in all of them, neither solves \d+ in any\n\n\d+ that guided solves/,
    )
    expect((await gpo(quiet, 'study', '--list')).stdout).toMatch(/done +guided or not +1 × 2 × 2 +4\/4/)
  })
})

describe('before a study starts', () => {
  it('all problems of all its plans are listed at once', async () => {
    const bad = write(
      {
        name: 'bad',
        base: 'control',
        arms: [
          { name: 'a', changes: { 'gpo.sample': 2 } },
          { name: 'b', changes: { 'gpo.samples': 'many' } },
          { name: 'c', changes: { 'data.train.path': 'gone.jsonl' } },
        ],
        measure: { iteration: 3 },
      },
      'bad.json',
    )
    const home = temporaryFolder()
    expectFailure(
      await gpo(home, 'study', bad),
      2,
      /base: base is "control", which is no arm/,
      /arms\.a\.changes\.gpo\.sample: gpo\.sample is not a setting of a plan/,
      /gpo\.samples is "many"/,
      /gone\.jsonl/,
      /measure\.iteration is 3, but .* evaluates after iterations 2, 4/,
    )
    expect(jsonLines(await gpo(home, 'study', '--list', '--json'))).toEqual([])
  })

  it('its form is checked, and a file that is none is refused', async () => {
    const home = temporaryFolder()
    const odd = join(folder, 'odd.json')
    writeFileSync(odd, JSON.stringify({ ...study(), seeds: 'many', colour: 'red' }))
    expectFailure(await gpo(home, 'study', odd), 2, /seeds is "many": expected array/, /unknown key "colour"/)
    writeFileSync(odd, '{')
    expectFailure(await gpo(home, 'study', odd), 2, /is not JSON/)
    expectFailure(await gpo(home, 'study', 'nowhere'), 8, /There is no study "nowhere"/)
  })

  it('--check counts and estimates, and stores nothing', async () => {
    const home = temporaryFolder()
    const checked = await gpo(home, 'study', file, '--check')
    expect(checked.stdout).toMatch(/4 runs \(1 × 2 × 2: tasks, arms, seeds\): no run like these was measured yet/)
    expect(checked.code).toBe(0)
    expect(jsonLines(await gpo(home, 'study', '--list', '--json'))).toEqual([])
  })
})

describe('a study of a run', () => {
  it('has its plan with guidance and without, or with values of a setting', async () => {
    const out = join(folder, 'helps.json')
    const runs = jsonLines<{ id: string }>(await gpo(quiet, 'runs', '--json'))
    const made = await gpo(quiet, 'study', '--of', runs[0]!.id, '--seeds', '3', '--out', out, '--check')
    expect(made.stderr).toContain(`the study is in ${out}`)
    expect(made.stdout).toMatch(/6 runs \(1 × 2 × 3: tasks, arms, seeds\)/)
    expect(made.code).toBe(0)
    const written = JSON.parse(readFileSync(out, 'utf8')) as StudyInput
    expect(written.arms.map(({ changes }) => changes)).toEqual([
      { 'gpo.criticalStep': 'none' },
      { 'gpo.criticalStep': 'max' },
    ])
    expect(written.plan).toMatchObject({ model: { path: inject('model') } })
    const sweep = join(folder, 'sweep.json')
    await gpo(
      quiet,
      'study',
      '--of',
      runs[0]!.id,
      '--sweep',
      'optimiser.learningRate=1e-3,2e-3',
      '--out',
      sweep,
      '--check',
    )
    expect((JSON.parse(readFileSync(sweep, 'utf8')) as StudyInput).arms.map(({ name }) => name)).toEqual([
      'learningRate 0.001',
      'learningRate 0.002',
    ])
    expectFailure(await gpo(quiet, 'study', '--of', runs[0]!.id, '--out', sweep, '--check'), 2, /exists already/)
    expectFailure(
      await gpo(quiet, 'study', '--of', runs[0]!.id, '--sweep', 'gpo.sampels=1', '--check'),
      2,
      /is not a setting of a plan/,
    )
  })
})

describe('removing a study', () => {
  it('keeps its runs, or removes them with their files', async () => {
    const home = temporaryFolder()
    const small = write({ name: 'small', seeds: [1] }, 'small.json')
    expect((await gpo(home, 'study', small)).code).toBe(0)
    const kept = jsonLines<{ id: string; folder: string }>(await gpo(home, 'runs', '--json'))
    expect((await gpo(home, 'study', 'small', '--remove', 'keep-runs')).stdout).toMatch(/its 2 runs were kept/)
    expect(jsonLines(await gpo(home, 'runs', '--json'))).toHaveLength(2)
    expect((await gpo(home, 'study', small)).code).toBe(0)
    expect((await gpo(home, 'study', 'small', '--remove', 'runs')).stdout).toMatch(/its 2 runs were removed too/)
    const left = jsonLines<{ id: string }>(await gpo(home, 'runs', '--json'))
    expect(left.map(({ id }) => id).toSorted()).toEqual(kept.map(({ id }) => id).toSorted())
    expect(existsSync(kept[0]!.folder)).toBe(true)
  })
})

describe('a bundle of a study', () => {
  const out = join(folder, 'study.gpostudy')

  it('has the document, small data and the report, and says what it only names', async () => {
    const written = await gpo(quiet, 'study', 'guided or not', '--bundle', out)
    expect(written.stdout).toMatch(/The study’s document and the report of what was found here\./)
    expect(written.stdout).toMatch(/Contained: data-\d-train\.jsonl/)
    expect(written.stdout).toMatch(/Not contained: the model model-\d-model, \d+ files/)
    expect(written.code).toBe(0)
    const text = readFileSync(out).toString('latin1')
    expect(text).not.toContain(folder)
    expect(text).not.toContain(inject('model'))
    expectFailure(await gpo(quiet, 'study', 'guided or not', '--bundle', out), 2, /exists already/)
  })

  it('repeats the study elsewhere, with the model where a person says', async () => {
    const home = temporaryFolder()
    const asked = await gpo(home, 'study', out)
    expectFailure(
      asked,
      2,
      /does not contain the model model-\d-model .*: say where it is with --place model-\d-model=PATH/,
    )
    const [name = ''] = /model-\d-model/.exec(asked.stderr) ?? []
    const started = await gpo(home, 'study', out, '--place', `${name}=${inject('model')}`)
    expect(started.code).toBe(0)
    const { results, summary } = await reportOf(home)
    expect(summary.state).toBe('done')
    expect(timeless(results)).toEqual(timeless(undisturbed.results))
  })

  it('is refused with other files than those the study began with, and when it is damaged', async () => {
    const home = temporaryFolder()
    const bytes = readFileSync(out)
    const name = /model-\d-model/.exec(bytes.toString('latin1'))![0]
    const place = ['--place', `${name}=${folder}`]
    expectFailure(
      await gpo(home, 'study', out, ...place),
      3,
      /the study began with other files: model-\d-model is not there/,
    )
    const damaged = join(folder, 'damaged.gpostudy')
    const at = bytes.indexOf('"prompt"')
    bytes[at + 1]! ^= 1
    writeFileSync(damaged, bytes)
    expectFailure(
      await gpo(temporaryFolder(), 'study', damaged, ...place),
      3,
      /with another SHA-256 than its manifest\.json says/,
    )
    expect(jsonLines(await gpo(home, 'study', '--list', '--json'))).toEqual([])
  })
})

describe('the example, compared', () => {
  const small = ['--set', 'budget.iterations=1', '--set', 'budget.promptsPerIteration=4', '--set', 'evaluation.limit=8']

  it('runs with guidance and without, and says what the difference is', async () => {
    const home = temporaryFolder()
    const done = await gpo(home, 'demo', '--compare', ...small)
    expect(done.code, done.stderr).toBe(0)
    expect(done.stdout).toMatch(/difference between guided and base|guided is (better|worse)/)
    const again = await gpo(home, 'demo', '--compare', ...small)
    expect(again.code).toBe(0)
    expect(again.stderr).not.toContain('iteration 1/1')
  })

  it('takes no other model', async () => {
    expectFailure(await gpo(temporaryFolder(), 'demo', '--compare', '--model', 'x.gguf'), 2, /takes no --model/)
  })
})
