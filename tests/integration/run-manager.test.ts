/** The runs that a window drives, with a trainer that follows a script: the answer of each row is its script. */
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createRunManager, type RunManager } from '@main/runs/manager'
import { change, type Store } from '@main/store/query'
import { getRun } from '@main/store/runs'
import type { RunRequest } from '@shared/schemas/events'
import type { Plan } from '@shared/schemas/plan'
import { expect, it, onTestFinished } from 'vitest'
import { type Deed, iterationOf, open, plan, sends } from '../support/scripted-run'

function managerOf(store: Store, onBug?: (error: unknown) => void): RunManager {
  const manager = createRunManager({
    store,
    workerPath: join(import.meta.dirname, '../support/scripted-trainer.mjs'),
    onBug:
      onBug ??
      ((error) => {
        throw error
      }),
  })
  onTestFinished(() => manager.close())
  return manager
}

function planOf(store: Store, deeds: readonly Deed[], isEvaluated = false): Plan {
  const path = join(dirname(store.file), 'deeds.jsonl')
  const rows = deeds.map((deed, i) => JSON.stringify({ prompt: `${i}`, answer: JSON.stringify(deed) }))
  writeFileSync(path, `${rows.join('\n')}\n`)
  return {
    ...plan,
    data: { ...plan.data, train: { path }, ...(isEvaluated ? { eval: { path } } : {}) },
    verifier: { kind: 'exact', ignoreCase: true, marker: '####' },
    rollout: { ...plan.rollout, maxNewTokens: 64 },
  }
}

async function ended(store: Store, id: string): Promise<string> {
  while (['queued', 'running'].includes(getRun(store, id).status)) await new Promise((done) => setTimeout(done, 10))
  return getRun(store, id).status
}

const stopped = { type: 'finished', outcome: 'stopped', iteration: 1 } as const

const obeyed = (request: RunRequest) => ({ type: 'obeyed', request }) as const

it('a run is paused when its trainer says so, and what is asked waits in the order asked', async () => {
  const store = open()
  const manager = managerOf(store)
  const active = () => manager.state().active
  const id = await manager.start(
    planOf(
      store,
      [
        ...sends(...iterationOf(1)),
        { do: 'heed', command: 'checkpoint' },
        ...sends(obeyed('evaluation'), obeyed('pause')),
        { do: 'heed', command: 'continue' },
        ...sends(obeyed('checkpoint'), obeyed('continue')),
        { do: 'obey' },
        ...sends(stopped),
      ],
      true,
    ),
  )
  await expect.poll(() => active()?.iteration, { timeout: 20_000 }).toBe(1)
  manager.evaluateNow(id)
  manager.pause(id)
  expect(active()).toMatchObject({ state: 'running', pending: ['evaluation', 'pause'] })
  manager.checkpointNow(id)
  await expect.poll(() => active()).toMatchObject({ state: 'paused', pending: ['checkpoint'] })
  await manager.resume(id)
  await expect.poll(() => active()).toMatchObject({ state: 'running', pending: [] })
  manager.stop(id)
  expect(active()?.state).toBe('stopping')
  expect(await ended(store, id)).toBe('stopped')
})

it('a pause that has not begun can be taken back', async () => {
  const store = open()
  const manager = managerOf(store)
  const id = await manager.start(planOf(store, [...sends(...iterationOf(1)), { do: 'obey' }, ...sends(stopped)]))
  await expect.poll(() => manager.state().active?.iteration, { timeout: 20_000 }).toBe(1)
  expect(() => manager.evaluateNow(id)).toThrow(/no held-out rows to evaluate/)
  manager.pause(id)
  await manager.resume(id)
  expect(manager.state().active).toMatchObject({ state: 'running', pending: [] })
  manager.stop(id, true)
  expect(manager.state().active).toMatchObject({ state: 'dropping', pending: [] })
  manager.stop(id)
  expect(manager.state().active?.state).toBe('dropping')
  expect(await ended(store, id)).toBe('stopped')
})

it('a run that waits starts when the one before it has ended', async () => {
  const store = open()
  const manager = managerOf(store)
  const wanted = planOf(store, [{ do: 'obey' }, ...sends(stopped)])
  const first = await manager.start(wanted)
  const second = await manager.start(wanted)
  expect(manager.state()).toMatchObject({ active: { id: first }, queue: [second] })
  await expect.poll(() => getRun(store, first).status, { timeout: 20_000 }).toBe('running')
  manager.stop(first)
  expect(await ended(store, first)).toBe('stopped')
  await expect.poll(() => getRun(store, second).status, { timeout: 20_000 }).toBe('running')
  manager.stop(second)
  expect(await ended(store, second)).toBe('stopped')
})

it('closing stops what runs at its next safe point and waits for it', async () => {
  const store = open()
  const manager = managerOf(store)
  const id = await manager.start(planOf(store, [{ do: 'obey' }, ...sends(stopped)]))
  await expect.poll(() => getRun(store, id).status, { timeout: 20_000 }).toBe('running')
  await manager.close()
  expect(getRun(store, id).status).toBe('stopped')
})

it('a waiting run whose plan cannot be read any more is passed over, and the next one has its turn', async () => {
  const store = open()
  const bugs: unknown[] = []
  const manager = managerOf(store, (error) => bugs.push(error))
  const script = [...sends(...iterationOf(1)), { do: 'obey' } as const, ...sends(stopped)]
  const first = await manager.start(planOf(store, script))
  const [bad, next] = [await manager.start(planOf(store, script)), await manager.start(planOf(store, script))]
  change(store, `UPDATE runs SET plan = '{' WHERE id = ?`, bad)
  await expect.poll(() => manager.state().active?.iteration, { timeout: 20_000 }).toBe(1)
  manager.stop(first)
  await expect.poll(() => manager.state().active?.id, { timeout: 20_000 }).toBe(next)
  expect(bugs.map(String)).toEqual([expect.stringMatching(/Its plan is damaged/)])
  manager.stop(next)
  expect(await ended(store, next)).toBe('stopped')
})
