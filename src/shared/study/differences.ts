/** Where two documents of a study differ, in words. Pure. */
import { fieldDifferences } from '../plan-differences'
import type { Study } from '../schemas/study'
import { shown } from '../shown'

const byName = <T extends { readonly name: string }>(items: readonly T[]) =>
  Object.fromEntries(items.map((item, i) => [item.name, { ...item, place: i + 1 }]))

/** Arms and tasks by name, so that a difference names them. */
const named = (study: Study) => ({ ...study, arms: byName(study.arms), tasks: byName(study.tasks) })

/** Longest value that is shown. */
const SHOWN = 80

/** "seeds was [1,2,3] and is [1,2,3,4]" */
export const studyDifferences = (before: Study, now: Study): string[] =>
  fieldDifferences([named(before), named(now)]).map(
    ({ path, values: [old, next] }) => `${path} was ${shown(old, SHOWN)} and is ${shown(next, SHOWN)}`,
  )
