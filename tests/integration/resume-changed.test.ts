/** Starting and resuming in the window: the same checks, and resuming with changed inputs. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRunManager } from '@main/runs/manager'
import { fingerprintsOfRun } from '@main/store/fingerprints'
import { getRun } from '@main/store/runs'
import { planSchema } from '@shared/schemas/plan'
import { describe, expect, it, onTestFinished } from 'vitest'
import { open, temporaryHome } from '../support/scripted-run'
import { failureOf } from '../unit/library/files'

/** Rows whose prompts tell the scripted trainer to end at once. */
const rows = (answer: string) =>
  `${JSON.stringify({ prompt: JSON.stringify({ do: 'exit', code: 0 }), answer })}\n`.repeat(40)

function managed() {
  const home = temporaryHome()
  const data = join(home, 'rows.jsonl')
  writeFileSync(data, rows('2'))
  const store = open(join(home, 'runs.db'))
  const workerPath = join(import.meta.dirname, '../support/scripted-trainer.mjs')
  const manager = createRunManager({ store, workerPath, onBug: (error) => expect(error).toBeNull() })
  onTestFinished(() => manager.close())
  const plan = planSchema.parse({
    model: { path: 'bundled:tiny' },
    data: { train: { path: data } },
    objective: { kind: 'grpo' },
    rollout: { maxNewTokens: 16 },
  })
  return { data, store, manager, plan }
}

const isOver = (run: () => { status: string }) =>
  expect.poll(() => run().status, { timeout: 10_000 }).not.toMatch(/queued|running/)

describe('a run of the window', () => {
  it('notes what it begins with, and is refused with other data until that is allowed', async () => {
    const { data, store, manager, plan } = managed()
    const id = await manager.start(plan)
    const noted = fingerprintsOfRun(store, id)
    expect(noted?.map(({ part }) => part)).toEqual(['training data', 'base weights', 'tokenizer'])
    await isOver(() => getRun(store, id))
    expect(await manager.resume(id)).toEqual([])
    await isOver(() => getRun(store, id))

    writeFileSync(data, rows('3'))
    const failure = await failureOf(manager.resume(id))
    expect(failure.code).toBe('changed')
    expect(failure.message).toMatch(/training data .*rows\.jsonl has other content of the same/)
    expect(fingerprintsOfRun(store, id)).toEqual(noted)

    const notes = await manager.resume(id, { isChangeAllowed: true })
    expect(notes.join(' ')).toMatch(/training data .*rows\.jsonl/)
    await isOver(() => getRun(store, id))
    expect(fingerprintsOfRun(store, id)).not.toEqual(noted)
    await manager.resume(id)
  })

  it('is refused where the page would refuse its plan', async () => {
    const { manager, plan, store } = managed()
    const bad = { ...plan, data: { ...plan.data, template: 'no placeholder' } }
    expect((await failureOf(manager.start(bad))).message).toMatch(/data\.template: Without {prompt}/)
    const one = { ...plan, budget: { ...plan.budget, trainedPerPrompt: 1 } }
    expect((await failureOf(manager.start(one))).code).toBe('plan')
    expect(manager.state()).toEqual({ active: null, queue: [] })
    expect(store.db.prepare('SELECT count(*) FROM runs').pluck().get()).toBe(0)
  })
})
