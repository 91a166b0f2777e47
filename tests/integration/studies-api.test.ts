/** Studies as the window asks for them: checked, made, run, compared and exported through the contract. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { router } from '@main/api/router'
import { createProgram } from '@main/host/create'
import { addEntry } from '@main/library/entries'
import { createRouterClient } from '@orpc/server'
import { type Study, studySchema } from '@shared/schemas/study'
import { expect, it, onTestFinished } from 'vitest'
import { type Deed, sends, temporaryHome } from '../support/scripted-run'

const statuses = { correct: 2, wrong: 2, unparseable: 0, truncated: 0, timeout: 0 }
const evaluated = (iteration: number, right: string) =>
  sends({
    type: 'evaluation',
    iteration,
    n: 4,
    correct: 2,
    accuracy: 0.5,
    statuses,
    meanTokens: 3,
    problems: { rows: '0-3', right },
  })

const script: readonly Deed[] = [
  ...evaluated(0, '1100'),
  ...sends({ type: 'metrics', iteration: 1, values: { num_tokens: 10, step_time: 1 } }),
  ...evaluated(1, '0110'),
  ...sends({ type: 'finished', outcome: 'completed', iteration: 1 }),
]

function programIn(folder: string) {
  const workerPath = join(import.meta.dirname, '../support/scripted-trainer.mjs')
  const program = createProgram({
    host: { kind: 'browser' },
    database: join(folder, 'runs.db'),
    workerPath,
    jobWorkerPath: workerPath,
    onBug: (error) => {
      throw error
    },
  })
  onTestFinished(() => program.close())
  return { services: program.services, page: createRouterClient(router, { context: program.services }) }
}

/** @param train whose rows' answers are the script of the trainer */
function documentOf(train: string): Study {
  return studySchema.parse({
    name: 'asked by the window',
    plan: {
      model: { path: 'bundled:tiny' },
      data: { train: { path: train }, eval: { path: 'bundled:shuffled-objects/test' } },
      verifier: { kind: 'exact' },
      objective: { kind: 'grpo' },
      budget: { iterations: 1 },
      evaluation: { limit: 4 },
      rollout: { maxNewTokens: 64 },
    },
    arms: [
      { name: 'base', changes: { 'gpo.criticalStep': 'none' } },
      { name: 'guided', changes: { 'gpo.criticalStep': 'max' } },
    ],
    base: 'base',
    seeds: [1],
  })
}

it('a study is checked, made, run, compared, exported and removed', async () => {
  const folder = temporaryHome()
  const train = join(folder, 'deeds.jsonl')
  writeFileSync(
    train,
    script.map((deed, i) => `${JSON.stringify({ prompt: `${i}`, answer: JSON.stringify(deed) })}\n`).join(''),
  )
  const { services, page } = programIn(folder)
  const document = documentOf(train)

  const unknown = await page.studies.check({ document })
  expect(unknown.problems).toEqual([
    { at: 'plan.data.train.path', message: expect.stringMatching(/is not in the library/) },
  ])
  await expect(page.studies.create({ document })).rejects.toThrow(/1 problem\n {2}plan\.data\.train\.path/)
  addEntry(services.store, 'dataset', 'deeds', train)
  expect(await page.studies.check({ document })).toMatchObject({ problems: [], runs: 2, seconds: null })

  const { id } = await page.studies.create({ document })
  await expect(page.studies.create({ document })).rejects.toThrow(/There is a study "asked by the window" already/)
  await expect.poll(async () => (await page.studies.get({ id })).summary.state, { timeout: 30_000 }).toBe('done')
  expect(await page.studies.list()).toMatchObject([{ id, runs: { total: 2, finished: 2 } }])

  const results = await page.studies.results({ id })
  expect(results.tasks[0]!.verdicts[0]!.sentence).toBe(
    'No difference between guided and base was found: 0.0 points, 90 % interval −39.2 to 39.2, 1 seed: says nothing about other seeds.',
  )
  const problems = await page.studies.problems({ id, task: 'the task', arm: 'guided' })
  expect(problems).toMatchObject({ problems: 4, always: 2, never: 2, armOnly: [] })
  await expect(page.studies.problems({ id, task: 'the task', arm: 'nobody' })).rejects.toThrow(
    /has no task "the task" with an arm "nobody"/,
  )

  const svg = await page.studies.export({ id, format: 'svg', budget: 'trained' })
  expect(svg).toMatchObject({ fileName: 'asked-by-the-window.svg', mediaType: 'image/svg+xml' })
  const out = join(folder, 'study.gpostudy')
  const { grant } = services.grants.give(out)
  const bundle = await page.studies.bundle({ id, grant, replaces: false })
  expect(bundle.contains.join('\n')).toMatch(/Contained: data-\d-deeds\.jsonl/)
  expect(readFileSync(out).toString('latin1')).not.toContain(dirname(train))

  const elsewhere = programIn(temporaryHome())
  const opened = await elsewhere.page.studies.open({ grant: elsewhere.services.grants.give(out).grant })
  expect(opened.notes).toEqual([])
  expect((await elsewhere.page.studies.check({ document: opened.document })).problems).toEqual([])

  const runs = await page.runs.list()
  expect(runs.map(({ study }) => study?.arm)).toEqual(['guided', 'base'])
  const made = await page.studies.ofRun({ run: runs[0]!.id })
  expect(made.document.seeds).toEqual([1, 2, 3, 4, 5])
  const sweep = await page.studies.sweepOfRun({ run: runs[0]!.id, setting: 'gpo.samples', values: [2, 8], seeds: 2 })
  expect(sweep.document.arms).toHaveLength(3)

  await page.studies.remove({ id, runs: 'remove' })
  expect(await page.studies.list()).toEqual([])
  expect(await page.runs.list()).toEqual([])
  await page.runs.restore({ ids: runs.map((run) => run.id) })
  expect((await page.runs.list()).map(({ study }) => study)).toEqual([null, null])
  expect(existsSync(runs[0]!.folder)).toBe(true)
})

it('a document that is too large, or none, is refused by the contract', async () => {
  const { page } = programIn(temporaryHome())
  const document = documentOf('bundled:shuffled-objects')
  const large = { ...document, plan: { ...document.plan, name: 'x'.repeat(1_000_000) } }
  await expect(page.studies.check({ document: large })).rejects.toThrow(/Input validation failed/)
  await expect(page.studies.get({ id: '../x' })).rejects.toThrow(/Input validation failed/)
  await expect(page.studies.get({ id: 'nothing' })).rejects.toThrow(/There is no study "nothing"/)
})
