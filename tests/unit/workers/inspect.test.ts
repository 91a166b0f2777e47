/** Real processes, asked as a debugger asks them. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTrainer } from '@main/workers/client'
import { forkNode, type WorkerProcess } from '@main/workers/fork'
import { inspected, inspectionOf, parsePort } from '@main/workers/inspect'
import type { TrainerEvent } from '@shared/schemas/events'
import { afterAll, afterEach, expect, it } from 'vitest'
import { until } from '../../support/gpo'
import { startOf } from '../../support/start-message'

const workerPath = join(import.meta.dirname, '../../support/fake-trainer.mjs')
const folder = mkdtempSync(join(tmpdir(), 'gpo-inspect-'))
const processes: WorkerProcess[] = []
afterEach(async () => {
  await Promise.all(processes.splice(0).map(end))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function end(one: WorkerProcess): Promise<void> {
  return new Promise((ended) => {
    one.onExit(() => ended())
    one.kill()
  })
}

/** Starts one after the other, each once the one before has said where it listens. */
async function listen(...names: readonly string[]): Promise<string[]> {
  const said: string[] = []
  const fork = inspected(forkNode, { port: 0, waits: false }, (text) => said.push(text))
  for (const [i, name] of names.entries()) {
    processes.push(fork(workerPath, join(folder, `${name}.log`)))
    await until(() => said.length === i + 1, `${name} listens`)
  }
  return said
}

interface Target {
  readonly url: string
}

async function targetAt(text: string): Promise<Target[]> {
  const host = /ws:\/\/(127\.0\.0\.1:\d+)\//.exec(text)?.[1]
  return (await (await fetch(`http://${host}/json/list`)).json()) as Target[]
}

it('a trainer and a job beside it listen on loopback, each where it says', async () => {
  const said = await listen('trainer', 'evaluate')
  expect(said[0]).toMatch(/^trainer, process \d+, can be debugged at ws:\/\/127\.0\.0\.1:\d+\/[\w-]+$/)
  expect(said[1]).toMatch(/^evaluate, process \d+, can be debugged at /)
  expect(said[0]).toContain(`process ${processes[0]?.pid},`)
  for (const text of said)
    expect(await targetAt(text)).toMatchObject([{ url: expect.stringContaining('fake-trainer') }])
  expect(readFileSync(join(folder, 'trainer.log'), 'utf8')).toContain('Debugger listening on')
})

it.each([
  [true, 0],
  [false, 501],
])('whether it waits for the debugger before its first line (%s): %i events', async (waits, count) => {
  const said: string[] = []
  const events: TrainerEvent[] = []
  const fork = inspected(forkNode, { port: 0, waits }, (text) => said.push(text))
  const start = startOf('completes', { runFolder: folder })
  const trainer = startTrainer({ workerPath, start, fork, onEvent: (event) => events.push(event) })
  await until(() => said.length === 1, 'the trainer listens')
  expect(said[0]).toContain(waits ? ' waits for a debugger at ' : ' can be debugged at ')
  if (waits) {
    await new Promise((resolve) => setTimeout(resolve, 1500))
    trainer.kill()
  }
  await trainer.exited
  expect(events).toHaveLength(count)
})

it('without it nothing listens', async () => {
  processes.push(forkNode(workerPath, join(folder, 'plain.log')))
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(readFileSync(join(folder, 'plain.log'), 'utf8')).not.toContain('Debugger')
})

it("the window's arguments", () => {
  expect(inspectionOf(['electron', '.', '--db', 'x'])).toBeNull()
  expect(inspectionOf(['.', '--inspect-trainer'])).toEqual({ port: 9229, waits: false })
  expect(inspectionOf(['.', '--inspect-trainer-brk=0'])).toEqual({ port: 0, waits: true })
  expect(() => inspectionOf(['--inspect-trainer='])).toThrow('"" is not a port')
})

it.each(['plan.json', '-1', '65536', '1.5', ''])('%j is not a port, and the message says what to write', (text) => {
  expect(() => parsePort(text)).toThrow(`${JSON.stringify(text)} is not a port: write --inspect-trainer=9230`)
})
