/** Studies as the window's program conducts them, with a trainer that follows a script: the answer of each row is its script. */
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createRunManager } from '@main/runs/manager'
import type { Store } from '@main/store/query'
import { runList } from '@main/store/run-list'
import { getRun, listRuns } from '@main/store/runs'
import { claimStudy, createStudy, getStudy, renameStudy, studyCells } from '@main/store/studies'
import { beginStudy } from '@main/studies/begin'
import { createStudyManager, type StudyManager } from '@main/studies/manager'
import { studyDetails } from '@main/studies/overview'
import { recoverStudies } from '@main/studies/recover'
import { removeStudy } from '@main/studies/remove'
import { problemsOf, resultsOf } from '@main/studies/results'
import type { StudyEvent } from '@shared/contract/studies'
import { type Study, type StudyInput, studySchema } from '@shared/schemas/study'
import { cellsOf } from '@shared/study/cells'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Deed, open, sends } from '../support/scripted-run'

const ROWS = 4

/** An evaluation of the rows 0 … 3: "1100" for two right ones. */
function evaluated(iteration: number, right: string) {
  const correct = [...right].filter((sign) => sign === '1').length
  const statuses = { correct, wrong: ROWS - correct, unparseable: 0, truncated: 0, timeout: 0 }
  const problems = { rows: `0-${ROWS - 1}`, right }
  return {
    type: 'evaluation',
    iteration,
    n: ROWS,
    correct,
    accuracy: correct / ROWS,
    statuses,
    meanTokens: 3,
    problems,
  }
}

/** Two iterations, with 100 trained tokens and a second each. */
const script = (
  right: string,
  end: readonly Deed[] = sends({ type: 'finished', outcome: 'completed', iteration: 2 }),
) => [
  ...sends(evaluated(0, '0000')),
  ...[1, 2].flatMap((iteration) => sends({ type: 'metrics', iteration, values: { num_tokens: 100, step_time: 1 } })),
  ...sends(evaluated(2, right)),
  ...end,
]

/** A dataset whose answers are the deeds of a run's trainer. */
function dataset(store: Store, name: string, deeds: readonly Deed[]): string {
  const path = join(dirname(store.file), `${name}.jsonl`)
  writeFileSync(
    path,
    deeds.map((deed, i) => `${JSON.stringify({ prompt: `${i}`, answer: JSON.stringify(deed) })}\n`).join(''),
  )
  return path
}

/** An arm with its own trainer's script, because it trains on its own data. */
function studyOf(
  store: Store,
  arms: Readonly<Record<string, readonly Deed[]>>,
  change: Partial<StudyInput> = {},
): Study {
  const [base = ''] = Object.keys(arms)
  return studySchema.parse({
    name: 'scripted',
    plan: {
      model: { path: 'bundled:tiny' },
      data: {
        train: { path: dataset(store, 'none', [{ do: 'obey' }]) },
        eval: {
          path: dataset(
            store,
            'held',
            Array.from({ length: ROWS }, (): Deed => ({ do: 'obey' })),
          ),
        },
      },
      verifier: { kind: 'exact' },
      objective: { kind: 'grpo' },
      budget: { iterations: 2 },
      rollout: { maxNewTokens: 64 },
    },
    arms: Object.entries(arms).map(([name, deeds]) => ({
      name,
      changes: { 'data.train.path': dataset(store, name, deeds) },
    })),
    base,
    seeds: [1, 2],
    ...change,
  } satisfies StudyInput)
}

function managers(store: Store) {
  const onBug = (error: unknown) => {
    throw error
  }
  const workerPath = join(import.meta.dirname, '../support/scripted-trainer.mjs')
  const runs = createRunManager({ store, workerPath, onBug })
  const studies = createStudyManager({ store, runs, jobWorkerPath: workerPath, onBug })
  onTestFinished(async () => {
    await studies.close()
    await runs.close()
  })
  return { runs, studies }
}

const stateOf = (store: Store, id: string) => getStudy(store, id).state
const ends = (store: Store, id: string, state: string) =>
  expect.poll(() => stateOf(store, id), { timeout: 30_000 }).toBe(state)

async function events(studies: StudyManager, into: StudyEvent[], signal: AbortSignal) {
  for await (const event of studies.listen(signal)) into.push(event)
}

describe('a study in the program of the window', () => {
  it('runs to its end, its runs stand in the list with their places, and listeners are told', async () => {
    const store = open()
    const { studies } = managers(store)
    const told: StudyEvent[] = []
    const listening = new AbortController()
    void events(studies, told, listening.signal)
    const { id } = beginStudy(store, studyOf(store, { base: script('1000'), better: script('1100') }))
    studies.resume(id)
    expect(() => studies.resume(id)).toThrow(/is running already/)
    await ends(store, id, 'done')
    listening.abort()
    const study = getStudy(store, id)
    expect(studyDetails(store, study, false)).toMatchObject({
      summary: {
        state: 'done',
        runs: { total: 4, finished: 4, waiting: 0 },
        isElsewhere: false,
        secondsLeft: 0,
        verdict: expect.stringMatching(/better.*25\.0 points/),
      },
    })
    expect(resultsOf(store, study).tasks[0]!.comparisons[0]).toMatchObject({
      difference: 0.25,
      seeds: 2,
      problems: ROWS,
    })
    expect(await problemsOf(store, study, { task: 'the task', arm: 'better', limit: 5 })).toMatchObject({
      armOnly: [{ row: 1, arm: 2, base: 0, prompt: '1' }],
      baseOnly: [],
      always: 1,
      never: 2,
    })
    expect(runList(store).map(({ study: place }) => `${place?.studyName} ${place?.arm} ${place?.seed}`)).toEqual([
      'scripted better 2',
      'scripted base 2',
      'scripted better 1',
      'scripted base 1',
    ])
    expect(told.some((event) => event.type === 'recorded' && event.study === id)).toBe(true)
    expect(() => studies.resume(id)).toThrow(/is done/)
  })

  it('pauses after the running iteration and goes on later; one behind it waits for its turn', async () => {
    const store = open()
    const { studies, runs } = managers(store)
    const waits = script('1000', [{ do: 'obey' }, ...sends({ type: 'finished', outcome: 'stopped', iteration: 2 })])
    const first = beginStudy(store, studyOf(store, { base: waits, other: waits }))
    const second = beginStudy(store, studyOf(store, { base: waits, other: waits }, { name: 'second' }))
    studies.resume(first.id)
    studies.resume(second.id)
    expect(stateOf(store, second.id)).toBe('queued')
    studies.pause(second.id)
    expect(stateOf(store, second.id)).toBe('paused')
    await expect.poll(() => runs.state().active?.iteration, { timeout: 20_000 }).toBe(2)
    studies.pause(first.id)
    await ends(store, first.id, 'paused')
    expect(getStudy(store, first.id).error).toBeNull()
    expect(() => studies.pause(first.id)).toThrow(/is paused, not running/)
    const [cell] = studyCells(store, first.id)
    expect(getRun(store, cell!.run!).status).toBe('stopped')
    studies.resume(first.id)
    await expect.poll(() => runs.state().active?.id, { timeout: 20_000 }).toBe(cell!.run)
    expect(listRuns(store)).toHaveLength(1)
  })

  it('is paused when the program ends', async () => {
    const store = open()
    const { studies, runs } = managers(store)
    const waits = script('1000', [{ do: 'obey' }, ...sends({ type: 'finished', outcome: 'stopped', iteration: 2 })])
    const { id } = beginStudy(store, studyOf(store, { base: waits, other: waits }))
    studies.resume(id)
    await expect.poll(() => runs.state().active?.iteration, { timeout: 20_000 }).toBe(2)
    await studies.close()
    expect(stateOf(store, id)).toBe('paused')
  })

  it('pauses and says why when a run of it is stopped by hand, or its trainer is killed', async () => {
    const store = open()
    const { studies } = managers(store)
    const { id } = beginStudy(store, studyOf(store, { base: script('1000', [{ do: 'kill' }]), other: script('1000') }))
    studies.resume(id)
    await ends(store, id, 'paused')
    expect(getStudy(store, id).error).toMatchObject({
      code: 'interrupted',
      message: expect.stringMatching(/Run scripted · base · seed 1: The trainer was killed/),
    })
  })

  it('goes on without a run whose loss is not finite, and reports it as missing', async () => {
    const store = open()
    const { studies } = managers(store)
    const diverges = script('1000', sends({ type: 'failed', code: 'training', message: 'the loss is not finite' }))
    const { id } = beginStudy(store, studyOf(store, { base: script('1000'), other: diverges }))
    studies.resume(id)
    await ends(store, id, 'done')
    const results = resultsOf(store, getStudy(store, id))
    expect(results.tasks[0]!.arms[1]!.missing).toEqual([
      'seed 1: failed: the loss is not finite',
      'seed 2: failed: the loss is not finite',
    ])
    expect(results.tasks[0]!.comparisons[0]).toMatchObject({
      difference: null,
      why: 'no seed has finished with both arms yet',
    })
    expect(studyDetails(store, getStudy(store, id), false).summary.runs).toMatchObject({ finished: 2, failed: 2 })
  })

  it('fails for what would meet all its runs, and goes on when that is put right', async () => {
    const store = open()
    const { studies } = managers(store)
    const study = studyOf(store, { base: script('1000'), other: script('1100') }, { seeds: [1] })
    const { id } = beginStudy(store, study)
    const other = study.arms[1]!.changes['data.train.path'] as string
    const content = script('1100')
    writeFileSync(other, '')
    studies.resume(id)
    await ends(store, id, 'failed')
    expect(getStudy(store, id).error?.message).toContain(other)
    dataset(store, 'other', content)
    studies.resume(id)
    await ends(store, id, 'done')
    expect(listRuns(store)).toHaveLength(2)
  })

  it('is refused where its data changed between two of its runs', async () => {
    const store = open()
    const { studies } = managers(store)
    const study = studyOf(store, { base: script('1000'), other: script('1100', [{ do: 'kill' }]) }, { seeds: [1, 2] })
    const { id } = beginStudy(store, study)
    studies.resume(id)
    await ends(store, id, 'paused')
    removeRunOf(store, id, 1)
    dataset(store, 'base', script('1111'))
    dataset(store, 'other', script('1100'))
    studies.resume(id)
    await ends(store, id, 'failed')
    expect(getStudy(store, id).error?.message).toMatch(/The study’s first runs read other files: .*base\.jsonl/)
  })

  it('leaves out an arm’s remaining seeds by the rule that was written down', async () => {
    const store = open()
    const { studies } = managers(store)
    const rule = { when: 'worseThanBase', afterSeeds: 2, confidence: 0.5 } as const
    const study = studyOf(store, { base: script('1111'), worse: script('0000') }, { seeds: [1, 2, 3], stopEarly: rule })
    const { id } = beginStudy(store, study)
    studies.resume(id)
    await ends(store, id, 'done')
    const { cells, summary } = studyDetails(store, getStudy(store, id), false)
    expect(summary.runs).toMatchObject({ total: 6, finished: 5, leftOut: 1 })
    expect(cells.at(-1)).toMatchObject({
      arm: 'worse',
      seed: 3,
      run: null,
      status: 'leftOut',
      why: expect.stringMatching(/left out by the study’s rule: after 2 seeds/),
    })
    expect(resultsOf(store, getStudy(store, id)).notes).toEqual([
      expect.stringMatching(/^worse, seed 3: left out by the study’s rule/),
    ])
  })
})

/** Removes the run of a combination, which then has to be repeated. */
function removeRunOf(store: Store, id: string, position: number): void {
  const run = studyCells(store, id)[position]?.run
  store.db.prepare('DELETE FROM runs WHERE id = ?').run(run)
}

describe('the store of studies', () => {
  const study = (store: Store) => studyOf(store, { base: script('1000'), other: script('1100') })

  it('has one study of a name, and one process that conducts it', () => {
    const store = open()
    const made = createStudy(store, study(store), cellsOf(study(store)))
    expect(() => createStudy(store, study(store), [])).toThrow(/There is a study "scripted" already/)
    const owner = { pid: process.pid, startedAt: '' }
    claimStudy(store, made.id, owner)
    expect(() => claimStudy(store, made.id, owner)).toThrow(/is already running, in process/)
    expect(recoverStudies(store)).toEqual([])
    expect(() => removeStudy(store, made.id, 'keep')).toThrow(/is running: pause it/)
  })

  it('finds studies whose process is gone', () => {
    const store = open()
    const { id } = createStudy(store, study(store), cellsOf(study(store)))
    claimStudy(store, id, { pid: 2 ** 22 + 1, startedAt: '1' })
    expect(recoverStudies(store)).toEqual([id])
    expect(getStudy(store, id)).toMatchObject({ state: 'paused', owner: null, error: { code: 'interrupted' } })
  })

  it('keeps its document as it was', () => {
    const store = open()
    const document = study(store)
    expect(getStudy(store, createStudy(store, document, []).id).document).toEqual(document)
  })

  it('is renamed with its document, but not to the name of another', () => {
    const store = open()
    const document = study(store)
    const { id } = createStudy(store, document, [])
    const other = createStudy(store, { ...document, name: 'other' }, [])
    renameStudy(store, id, 'der "erste" Versuch')
    const named = { name: 'der "erste" Versuch' }
    expect(getStudy(store, id)).toMatchObject({ ...named, document: { ...document, ...named } })
    renameStudy(store, id, named.name)
    expect(() => renameStudy(store, id, 'other')).toThrow(/There is a study "other" already/)
    expect(getStudy(store, other.id).name).toBe('other')
    expect(() => renameStudy(store, 'none', 'x')).toThrow(/no study/)
  })
})
