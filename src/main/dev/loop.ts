/** This process's side of `npm run dev` (scripts/dev.ts), which starts it, and starts it again when its code has changed. */
import type { Program } from '@main/host/create'
import type { RunManager } from '@main/runs/manager'
import type { LiveState } from '@shared/contract/runs'
import { describeError } from '@shared/errors'
import { z } from 'zod'

const settingsSchema = z.strictObject({
  /** Origin of the Vite server. */
  server: z.string(),
  nonce: z.string(),
  /** The session of `gpo serve`, so that an open page outlives the server. */
  session: z.string(),
  /** The run that a change of this process's code has stopped. */
  stopped: z.string().nullable(),
})

/** What the loop says to the process. */
const orderSchema = z.enum(['new-trainer', 'end'])

/** @throws Error where this process was not started by the loop */
export function loopSettings(): z.infer<typeof settingsSchema> {
  const { GPO_DEV: settings } = process.env
  if (settings === undefined) throw new Error('This is a part of `npm run dev`: start that.')
  delete process.env.GPO_DEV // the processes that compute need not know it
  return settingsSchema.parse(JSON.parse(settings))
}

const say = (text: string) => void process.stderr.write(`dev: ${text}\n`)

/** Waits until the run's trainer has ended. */
async function ended(runs: RunManager, id: string): Promise<void> {
  for await (const _ of runs.listen(undefined)) if (runs.state().active?.id !== id) return
}

/** A stopped run goes on from its newest checkpoint; one that has ended meanwhile stays as it is. */
async function goOn({ services: { runs } }: Program, id: string): Promise<void> {
  try {
    await runs.resume(id)
    say(`run ${id} goes on with the new code`)
  } catch (error) {
    say(`run ${id} does not go on: ${describeError(error)}`)
  }
}

/** New code for the processes that compute: none of the old ones gets new work. A paused run is left alone. */
async function renewTrainers(program: Program): Promise<void> {
  const { runs, generators } = program.services
  generators.close()
  const { active } = runs.state()
  if (active?.state !== 'running') return
  say(`run ${active.id} stops at its next safe point and goes on with the new code`)
  runs.stop(active.id)
  await ended(runs, active.id)
  await goOn(program, active.id)
}

async function tellWhatRuns(runs: RunManager): Promise<void> {
  const idOf = ({ active }: LiveState) => active?.id ?? null
  let told: string | null = null
  for await (const _ of runs.listen(undefined)) {
    const running = idOf(runs.state())
    if (running !== told) process.send?.({ running })
    told = running
  }
}

/** @param end ends this process, a run at its next safe point */
export function followLoop(program: Program, stopped: string | null, end: () => void): void {
  process.on('message', (message) => {
    const order = orderSchema.parse(message)
    if (order === 'end') end()
    else renewTrainers(program).catch((error) => say(describeError(error)))
  })
  process.on('disconnect', end)
  process.channel?.unref() // who listens may still come to an end
  void tellWhatRuns(program.services.runs)
  if (stopped !== null) void goOn(program, stopped)
}
