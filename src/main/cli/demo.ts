/** `gpo demo`: guided training on a bundled task, accuracy before and after, three critical steps, and what to try next. */
import { databaseFile } from '@main/paths'
import { listEvaluations } from '@main/store/evaluations'
import { openStore } from '@main/store/open'
import type { Store } from '@main/store/query'
import { getTrajectory, listTrajectories } from '@main/store/trajectories'
import { parseStudy } from '@main/studies/document'
import { demoPlan, realModelPlan } from '@shared/demo-plan'
import { GpoError } from '@shared/errors'
import { isGuided } from '@shared/method/guided'
import { type Plan, planSchema } from '@shared/schemas/plan'
import { exampleStudy } from '@shared/study/example'
import { formatPercent, formatSeconds, type Output } from './output'
import { studyOf } from './study'
import { exitCodeOf, runPlan, type StoreOptions } from './train'
import { trajectoryLines } from './trajectory-text'

const SHOWN = 3

/** Wrong answers with the clearest critical steps, of the newest iterations. */
function printTrajectories(store: Store, runId: string, output: Output): void {
  output.line(
    `Three trajectories of the run. V is the value before each step: the share of continuations that end correctly. A is how much`,
  )
  output.line(
    `the step changed V. The flag marks the critical step: the policy was reset to the state before it and trained from there.`,
  )
  const { rows } = listTrajectories(store, runId, { order: 'advantage', limit: SHOWN })
  for (const { id } of rows) {
    output.line()
    for (const line of trajectoryLines(getTrajectory(store, id))) output.line(line)
  }
}

/** The example with guidance and without, as a study: begun, or continued. @throws GpoError('usage') with --model */
export async function compareDemo(
  options: StoreOptions & { seed: number; model?: string },
  output: Output,
  withSettings: (plan: object) => object,
): Promise<number> {
  if (options.model !== undefined)
    throw new GpoError(
      'usage',
      '--compare trains the bundled model and takes no --model; for another model: gpo study --of RUN',
    )
  const study = exampleStudy(options.seed)
  return studyOf(parseStudy({ ...study, plan: withSettings(study.plan) }, 'the example'), options, output)
}

export async function demo(
  options: StoreOptions & { seed: number; set: string[]; model?: string },
  output: Output,
  withSettings: (plan: Plan) => Plan,
): Promise<number> {
  const begin = performance.now()
  const { model, seed } = options
  const plan = withSettings(planSchema.parse(model === undefined ? demoPlan(seed) : realModelPlan(seed, model)))
  const store = openStore(databaseFile(options.db))
  const dbFlag = options.db ? ` --db ${options.db}` : ''
  try {
    output.line(
      `${isGuided(plan) ? 'GPO-' : ''}${plan.objective.kind.toUpperCase()} on ${plan.data.train.path}, ${plan.budget.iterations} iterations, seed ${plan.seed}. Ctrl-C stops it; it can be resumed.`,
    )
    const run = await runPlan({ store, plan, output, dbFlag, inspect: options })
    if (run.status !== 'completed') return exitCodeOf(run)
    const evaluations = listEvaluations(store, run.id)
    const [before, after] = [evaluations.at(0), evaluations.at(-1)]
    if (!before || !after)
      throw new GpoError('training', `run ${run.id} has no evaluation: set evaluation.limit and data.eval`)
    const seconds = (performance.now() - begin) / 1000
    output.line()
    printTrajectories(store, run.id, output)
    output.line()
    output.line(
      `Greedy accuracy on ${after.n} held-out problems: ${formatPercent(before.accuracy)} before, ${formatPercent(after.accuracy)} after (${formatSeconds(seconds)}).`,
    )
    output.line(`The run:      ${store.file}, id ${run.id}`)
    output.line(`The weights:  ${run.folder}`)
    output.line(`What to try next:`)
    output.line(`  npm run gpo -- show ${run.id}${dbFlag}`)
    output.line(`  npm run gpo -- critical --model ${run.id} --data ${plan.data.eval?.path} --limit 3${dbFlag}`)
    output.line(`  npm run gpo -- export ${run.id} --format safetensors --out my-model${dbFlag}`)
    output.line(
      model === undefined
        ? `  npm run demo -- --compare     the same with guidance and without, compared`
        : `  npm run demo -- --model ${model} --set gpo.criticalStep=none     the same budget without GPO`,
    )
    output.json({
      run: run.id,
      seconds,
      before: { accuracy: before.accuracy, n: before.n },
      after: { accuracy: after.accuracy, n: after.n },
    })
    return 0
  } finally {
    store.close()
  }
}
