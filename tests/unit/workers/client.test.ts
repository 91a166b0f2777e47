import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTrainer, type Trainer } from '@main/workers/client'
import { forkNode, type WorkerProcess } from '@main/workers/fork'
import type { StartMessage } from '@main/workers/protocol'
import type { TrainerEvent } from '@shared/schemas/events'
import { afterAll, expect, it } from 'vitest'
import { startOf as startIn } from '../../support/start-message'

const workerPath = join(import.meta.dirname, '../../support/fake-trainer.mjs')

const folder = mkdtempSync(join(tmpdir(), 'gpo-client-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const startOf: typeof startIn = (name, change) => startIn(name, { runFolder: folder, ...change })

interface Watched {
  readonly trainer: Trainer
  readonly events: TrainerEvent[]
}

function begin(start: StartMessage, onEvent: (event: TrainerEvent, trainer: Trainer) => void = () => {}): Watched {
  const events: TrainerEvent[] = []
  const trainer: Trainer = startTrainer({
    workerPath,
    start,
    onEvent(event) {
      events.push(event)
      onEvent(event, trainer)
    },
  })
  return { trainer, events }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

it('hands over every event in order before it says that the process ended', async () => {
  const { trainer, events } = begin(startOf('completes'))
  expect(await trainer.exited).toEqual({ code: 0, signal: null, lastWords: '' })
  expect(events.length).toBe(501)
  expect(events.slice(0, 500).map((event) => event.type === 'metrics' && event.iteration)).toEqual(
    Array.from({ length: 500 }, (_, i) => i + 1),
  )
  expect(events.at(-1)).toEqual({ type: 'finished', outcome: 'completed', iteration: 500 })
})

it('turns a malformed event into a failure, ends the process and hands nothing over after it', async () => {
  const { trainer, events } = begin(startOf('malforms'))
  expect(await trainer.exited).toMatchObject({ code: null, signal: 'SIGKILL' })
  expect(events.map(({ type }) => type)).toEqual(['metrics', 'failed'])
  expect(events[1]).toMatchObject({
    code: 'training',
    message: expect.stringMatching(/values\.reward\/mean: .*expected number/),
  })
})

it('takes what is not an answer at all for a failure', async () => {
  const { trainer, events } = begin(startOf('garbles'))
  expect(await trainer.exited).toMatchObject({ signal: 'SIGKILL' })
  expect(events.map(({ type }) => type)).toEqual(['metrics', 'failed'])
  expect(events[1]).toMatchObject({ code: 'training', message: expect.stringMatching(/cannot be read/) })
})

it('survives a kill from outside in the middle of the stream, with all events before it', async () => {
  const { trainer, events } = begin(startOf('streams'), (event, { pid }) => {
    if (event.type === 'metrics' && event.iteration === 20) process.kill(pid!, 'SIGKILL') // it runs: it has just sent an event
  })
  expect(await trainer.exited).toEqual({ code: null, signal: 'SIGKILL', lastWords: '' })
  expect(events.length).toBeGreaterThanOrEqual(20)
  expect(events.map((event) => event.type === 'metrics' && event.iteration)).toEqual(events.map((_, i) => i + 1))
})

it('keeps the last words of a native crash, and only the last', async () => {
  const { trainer, events } = begin(startOf('crashes'))
  const exit = await trainer.exited
  expect(exit).toMatchObject({ code: null, signal: 'SIGABRT' })
  expect(exit.lastWords).toMatch(/terminate called: out of memory in kernel 7\n/)
  expect(exit.lastWords.length).toBe(2000)
  expect(events.map(({ type }) => type)).toEqual(['metrics'])
})

it('sends each command as the protocol names it, and commands to a process that has ended do nothing', async () => {
  const { trainer, events } = begin(startOf('echoes'))
  for (const command of ['pause', 'resume', 'checkpoint', 'evaluate', 'stopNow', 'stop'] as const) trainer[command]()
  expect(await trainer.exited).toMatchObject({ code: 0 })
  const got = events.flatMap((event) => (event.type === 'environment' ? [event.environment.got] : []))
  expect(got).toEqual(['pause', 'continue', 'checkpoint', 'evaluate', 'stopNow', 'stop'])
  for (const command of ['pause', 'resume', 'checkpoint', 'evaluate', 'stop', 'stopNow', 'kill'] as const)
    expect(() => trainer[command]()).not.toThrow()
})

it('sends large data whole, and reports the code a process ends with', async () => {
  const train = Array.from({ length: 20_000 }, (_, row) => ({
    row,
    prompt: `${row} `.repeat(50),
    reference: String(row),
  }))
  const { trainer, events } = begin(startOf('reports', { train, resumeFrom: '/runs/1/checkpoint-00000002' }))
  expect(await trainer.exited).toMatchObject({ code: 3, signal: null })
  expect(events).toEqual([
    { type: 'environment', environment: { rows: 20_000, evaluation: 0, resumeFrom: '/runs/1/checkpoint-00000002' } },
  ])
})

it('kills', async () => {
  const { trainer } = begin(startOf('streams'), (_, started) => started.kill())
  expect(await trainer.exited).toMatchObject({ signal: 'SIGKILL' })
  expect(isAlive(trainer.pid!)).toBe(false)
})

it('ends the process when whoever listens throws, and rejects with what was thrown', async () => {
  const { trainer, events } = begin(startOf('streams'), () => {
    throw new Error('the database is full')
  })
  await expect(trainer.exited).rejects.toThrow('the database is full')
  expect(events.length).toBe(1)
  expect(isAlive(trainer.pid!)).toBe(false)
})

it('reports a missing worker', async () => {
  const trainer = startTrainer({ workerPath: '/nowhere/worker.cjs', start: startOf('run'), onEvent: () => {} })
  const exit = await trainer.exited
  expect(exit.code).toBe(1)
  expect(exit.lastWords).toMatch(/Cannot find module '\/nowhere\/worker\.cjs'/)
})

it('works with another kind of process', async () => {
  const child = forkNode(workerPath, join(folder, 'trainer.log'))
  const fork = (path: string): WorkerProcess => ({ ...child, pid: path === workerPath ? 42 : null })
  const events: TrainerEvent[] = []
  const trainer = startTrainer({ workerPath, start: startOf('echoes'), onEvent: (event) => events.push(event), fork })
  expect(trainer.pid).toBe(42)
  trainer.stop()
  expect(await trainer.exited).toMatchObject({ code: 0 })
  expect(events.at(-1)).toEqual({ type: 'finished', outcome: 'stopped', iteration: 0 })
})
