/** The combinations of a study: tasks × arms, and with each seed a run. Pure. */
import { describeIssue } from '../plan/describe-issue'
import { type Plan, planSchema } from '../schemas/plan'
import type { Study, StudyArm, StudyTask } from '../schemas/study'
import { type Json, withChanges } from './changes'

/** One run of a study. */
export interface Cell {
  readonly task: string
  readonly arm: string
  readonly seed: number
}

/** Seeds come first, so that all arms have the same number of seeds at any time. */
export const cellsOf = ({ tasks, arms, seeds }: Study): Cell[] =>
  seeds.flatMap((seed) => tasks.flatMap((task) => arms.map((arm) => ({ task: task.name, arm: arm.name, seed }))))

/** Longest name of a run. */
const MAX_NAME = 200

function runName({ name, tasks }: Study, { task, arm, seed }: Cell): string {
  const parts = [name, ...(tasks.length > 1 ? [task] : []), arm, `seed ${seed}`]
  return parts.join(' · ').slice(0, MAX_NAME)
}

const named = <T extends { readonly name: string }>(items: readonly T[], name: string): T => {
  const found = items.find((item) => item.name === name)
  if (!found) throw new Error(`the study has no ${name}`)
  return found
}

/** The plan of a run as in a file; not checked yet. */
export function rawPlanOf(study: Study, cell: Cell): Json {
  const task = named(study.tasks, cell.task)
  const arm = named(study.arms, cell.arm)
  const changed = withChanges(withChanges(study.plan, task.changes), arm.changes)
  return { ...changed, seed: cell.seed, name: runName(study, cell) }
}

/** @throws for a plan that the study's checks refuse, which is a bug */
export const planOf = (study: Study, cell: Cell): Plan => planSchema.parse(rawPlanOf(study, cell))

/** A task with an arm: its plan with the first seed, or what is wrong with it. */
export interface Combination {
  readonly task: StudyTask
  readonly arm: StudyArm
  readonly plan: Plan | null
  readonly problems: readonly string[]
}

export const combinationsOf = (study: Study): Combination[] =>
  study.tasks.flatMap((task) =>
    study.arms.map((arm) => {
      const raw = rawPlanOf(study, { task: task.name, arm: arm.name, seed: study.seeds[0] ?? 0 })
      const parsed = planSchema.safeParse(raw)
      if (parsed.success) return { task, arm, plan: parsed.data, problems: [] }
      return { task, arm, plan: null, problems: parsed.error.issues.map((issue) => describeIssue(issue, raw)) }
    }),
  )
