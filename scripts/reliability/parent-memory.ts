/**
 * The memory of the program that follows a run, without the training: a scripted trainer tells of thousands of iterations. After each quarter everything that
 * nobody holds is collected, so what grows then is held.
 *
 * `node scripts/run.mjs scripts/reliability/parent-memory.ts --iterations 4000`. Prints JSON.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { executeRun } from '@main/runs/execute'
import { openStore } from '@main/store/open'
import { createRun, newRunId } from '@main/store/runs'
import { planSchema } from '@shared/schemas/plan'
import { numbersOf } from './program'

const { iterations } = numbersOf({ iterations: 4000 })
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const folder = mkdtempSync(join(tmpdir(), 'gpo-parent-'))
const store = openStore(join(folder, 'runs.db'))
const plan = planSchema.parse({
  model: { path: 'bundled:tiny' },
  data: { train: { path: 'bundled:chain-arithmetic' } },
  objective: { kind: 'grpo' },
  budget: { iterations },
})
const text = 'a continuation of some length. '.repeat(40)
const trajectory = (iteration: number, index: number) => ({
  ...{
    iteration,
    index,
    row: index,
    prompt: '1+1=',
    reference: '2',
    text,
    tokens: 300,
    reward: 1,
    status: 'correct',
    extracted: '2',
  },
  steps: [{ start: 0, end: 300, text }],
  states: [],
  critical: null,
  continuations: [],
})
const told = Array.from({ length: iterations }, (_, i) => [
  {
    type: 'metrics',
    iteration: i + 1,
    values: Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`m${n}`, i / 8])),
  },
  { type: 'trajectories', trajectories: Array.from({ length: 8 }, (_, index) => trajectory(i + 1, index)) },
]).flat()
const deeds = [...told, { type: 'finished', outcome: 'completed', iteration: iterations }].map((message) => ({
  do: 'send',
  message,
}))
const train = deeds.map((deed, row) => ({ row, prompt: '1+1=', reference: JSON.stringify(deed) }))
const held: { iteration: number; heapMB: number; rssMB: number; rssBeforeMB: number }[] = []
const mb = (bytes: number) => Math.round(bytes / 2 ** 18) / 4
const run = createRun(store, { id: newRunId(), name: 'scripted', plan })
const ended = await executeRun({
  ...{ store, run, train, evaluation: [], resumeFrom: null, modelFolder: '/models/tiny' },
  workerPath: join(resolve(import.meta.dirname, '../..'), 'tests/support/scripted-trainer.mjs'),
  onEvent(event) {
    if (event.type !== 'metrics' || event.iteration % (iterations / 8) !== 0) return
    const rssBeforeMB = mb(process.memoryUsage().rss)
    collect()
    const { heapUsed, rss } = process.memoryUsage()
    held.push({ iteration: event.iteration, heapMB: mb(heapUsed), rssMB: mb(rss), rssBeforeMB })
  },
})
process.stdout.write(`${JSON.stringify({ status: ended.status, iterations, held }, null, 2)}\n`)
store.close()
rmSync(folder, { recursive: true, force: true })
