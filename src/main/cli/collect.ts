/** `gpo collect`: trajectories, values, critical steps and pairs of a model as it is, into a folder that grows shard by shard. */
import { resolve } from 'node:path'
import { collectedRun, openCollection } from '@main/export/collection/folder'
import { databaseFile } from '@main/paths'
import { clearLeftovers } from '@main/runs/leftovers'
import { type ReadyRun, readyRun } from '@main/runs/lifecycle'
import { refuseUnfitPlan } from '@main/runs/plan-checks'
import { loadInputs, recoverInterrupted } from '@main/runs/prepare'
import { allowEngines } from '@main/servers/consent'
import { listCheckpoints } from '@main/store/checkpoints'
import { openStore } from '@main/store/open'
import type { Store } from '@main/store/query'
import { listRuns } from '@main/store/runs'
import { describeError, GpoError } from '@shared/errors'
import { planDifferences } from '@shared/plan-differences'
import { type Plan, planSchema } from '@shared/schemas/plan'
import type { Output } from './output'
import { begin, drive, exitCodeOf, flagOf, planOf, settledPlan, type TrainOptions } from './train'

export interface CollectOptions extends TrainOptions {
  readonly out: string
  /** How many trajectories of each row; absent: as many iterations as a plan that collects says, else one of each. */
  readonly passes?: number
}

/** The plan without training, long enough for the rows. */
async function collectingPlan(plan: Plan, passes: number | undefined): Promise<Plan> {
  if (plan.objective.kind === 'collect' && passes === undefined) return plan
  const wanted = planSchema.parse({ ...plan, objective: { kind: 'collect' } })
  const { train } = await loadInputs(wanted)
  const iterations = Math.ceil(((passes ?? 1) * train.length) / plan.budget.promptsPerIteration)
  return { ...wanted, budget: { ...wanted.budget, iterations } }
}

interface Continuing {
  readonly store: Store
  /** Of the run. */
  readonly id: string
  readonly out: string
  readonly plan: Plan
}

/** The run that the folder holds so far. @throws {GpoError} 'usage' if it is of another plan, 'notFound' if its run is not here */
async function continued({ store, id, out, plan }: Continuing): Promise<ReadyRun> {
  if (!listRuns(store).some((run) => run.id === id))
    throw new GpoError(
      'notFound',
      `${out} holds the collection of run ${id}, which is not in ${store.file}: --db chooses another database, --out another folder`,
    )
  const ready = await readyRun(store, id)
  const differing = planDifferences([ready.run.plan, plan]).map(({ path }) => path)
  if (differing.length === 0) return ready
  throw new GpoError(
    'usage',
    `${out} holds a collection of another plan (run ${id}): ${differing.join(', ')} differ. Choose another folder with --out`,
  )
}

export async function collect(file: string, options: CollectOptions, output: Output): Promise<number> {
  const out = resolve(options.out)
  const held = collectedRun(out)
  const wanted = planOf(file, options)
  const store = openStore(databaseFile(options.db))
  try {
    allowEngines(options.engine) // whoever types an address consents to it
    recoverInterrupted(store)
    clearLeftovers(store, (error) => output.note(`warning: ${describeError(error)}`))
    const surroundings = { store, output, dbFlag: flagOf(options), inspect: options }
    const settled = await settledPlan({ ...surroundings, plan: wanted })
    const plan = await collectingPlan(settled, options.passes)
    refuseUnfitPlan(plan)
    const ready =
      held === null ? await begin({ ...surroundings, plan }) : await continued({ store, id: held, out, plan })
    return await collectInto(out, ready, surroundings)
  } finally {
    store.close()
  }
}

/** Drives the run, and writes each iteration as soon as it can be read from the database. */
async function collectInto(
  out: string,
  ready: ReadyRun,
  surroundings: Omit<Parameters<typeof drive>[0], keyof ReadyRun>,
): Promise<number> {
  const { store, output } = surroundings
  const { run } = ready
  const collection = openCollection(out, store, { run })
  const recorded = () => listCheckpoints(store, run.id).at(-1)?.iteration ?? 0
  await collection.write(0) // a folder that cannot be written is known before anything is sampled
  let written: Promise<unknown> = Promise.resolve()
  let ended = run
  if (run.status !== 'completed') {
    ended = await drive({
      ...surroundings,
      ...ready,
      announce: ({ iteration }) => collection.dropAfter(iteration),
      onRecorded: (events) => {
        if (!events.some(({ type }) => type === 'checkpoint')) return
        // A failing write is reported at the end, by the last one; what it left out is written then.
        written = written.catch(() => {}).then(() => collection.write(recorded()))
      },
    })
  }
  await written.catch(() => {})
  const totals = await collection.write(recorded())
  output.json({ run: run.id, out, ...totals })
  const count = (n: number) => n.toLocaleString('en')
  output.line(
    `${count(totals.trajectories)} trajectories, ${count(totals.continuations)} continuations and ${count(totals.pairs)} pairs in ${count(totals.shards)} shards: ${out}`,
  )
  return exitCodeOf(ended)
}
