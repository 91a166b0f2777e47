/**
 * `node scripts/run.mjs bench/ui-data.ts FILE`: a database at the window's stated size, 1,000 runs, one of them with 1,000,000 metric points
 * and 100,000 trajectories. Prints the id of that run.
 */
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openStore } from '@main/store/open'
import type { Store } from '@main/store/query'
import { recordEvents } from '@main/store/record-events'
import { changeRunNotes } from '@main/store/run-notes'
import { createRun, endRun, newRunId, startRun } from '@main/store/runs'
import { CRITICAL_RULES } from '@shared/method/critical-step'
import type { TrainerEvent } from '@shared/schemas/events'
import { type Plan, planSchema } from '@shared/schemas/plan'
import { evaluationOf, int, random, trajectoriesAt } from './records'

export const RUNS = 1000
const ITERATIONS = 50_000
const TRAJECTORIES_PER_ITERATION = 2
const BATCH = 250
const SMALL_ITERATIONS = 40
const DAY = 24 * 3600 * 1000

const NAMES = [
  'loss',
  'grad_norm',
  'learning_rate',
  'num_tokens',
  'step_time',
  'reward',
  'reward_std',
  'objective/kl',
  'objective/scores',
  'policy/approxkl_avg',
  'policy/clipfrac_avg',
  'loss/policy_avg',
  'loss/value_avg',
  'entropy',
  'completions/mean_length',
  'completions/clipped_ratio',
  'gpo/value_start',
  'gpo/max_advantage',
  'gpo/critical_position',
  'gpo/reset_reward',
]
const OBJECTIVES = ['ppo', 'grpo', 'dpo', 'kto', 'simpo', 'orpo', 'sft'] as const
const ENDS = ['completed', 'completed', 'completed', 'stopped', 'interrupted', 'failed'] as const
const DATA = ['chain-arithmetic', 'shuffled-objects', 'boolean-expressions']
const TAGS = ['paper', 'seed 1', 'seed 2', 'ablation', 'baseline']
const OWNER = { pid: 1, startedAt: 'bench' }

const pick = <T>(values: readonly T[]): T => values[int(values.length)]!

function metricsAt(iteration: number, names: readonly string[]): TrainerEvent {
  const values = Object.fromEntries(names.map((name) => [name, random() + 1 / (1 + iteration / 10)]))
  return { type: 'metrics', iteration, values }
}

function planOf(iterations: number, objective: (typeof OBJECTIVES)[number]): Plan {
  return planSchema.parse({
    seed: int(100),
    model: { path: 'bundled:tiny' },
    data: { train: { path: `bundled:${pick(DATA)}` } },
    objective: { kind: objective },
    gpo: { criticalStep: pick(CRITICAL_RULES) },
    budget: { iterations },
  })
}

function addRun(store: Store, name: string, plan: Plan, startedAt: number): string {
  const id = newRunId(startedAt)
  createRun(store, { id, name, plan }, startedAt)
  startRun(store, id, OWNER, startedAt)
  return id
}

function addSmallRun(store: Store, number: number, startedAt: number): void {
  const objective = pick(OBJECTIVES)
  const id = addRun(store, `${objective} number ${number}`, planOf(SMALL_ITERATIONS, objective), startedAt)
  const evaluations = [0, 10, 20, 30, 40].map((iteration) => evaluationOf(iteration, 80 + iteration + int(60)))
  const metrics = Array.from({ length: SMALL_ITERATIONS }, (_, i) => metricsAt(i + 1, NAMES.slice(0, 6)))
  recordEvents(store, id, [...evaluations, ...metrics])
  changeRunNotes(store, id, { tags: random() < 0.3 ? [pick(TAGS)] : [] })
  endRun(store, id, OWNER, { status: pick(ENDS) }, startedAt + int(3_600_000))
}

function addLargeRun(store: Store, startedAt: number): string {
  const id = addRun(store, 'a million points', planOf(ITERATIONS, 'ppo'), startedAt)
  for (let start = 1; start <= ITERATIONS; start += BATCH) {
    const iterations = Array.from({ length: BATCH }, (_, i) => start + i)
    recordEvents(store, id, [
      ...iterations.map((iteration) => metricsAt(iteration, NAMES)),
      ...iterations.map((iteration) => trajectoriesAt(iteration, TRAJECTORIES_PER_ITERATION)),
    ])
  }
  recordEvents(
    store,
    id,
    Array.from({ length: 501 }, (_, i) => evaluationOf(i * 100)),
  )
  endRun(store, id, OWNER, { status: 'completed' }, startedAt + DAY)
  return id
}

/** @returns the id of the large run */
export function fillStore(file: string): string {
  const store = openStore(file)
  const begin = Date.now() - RUNS * 3_600_000
  for (let number = 1; number < RUNS; number++) addSmallRun(store, number, begin + number * 3_600_000)
  const id = addLargeRun(store, Date.now() - DAY)
  store.close()
  return id
}

const [, script, file] = process.argv
if (script && file && import.meta.url === pathToFileURL(script).href) console.log(fillStore(resolve(file)))
