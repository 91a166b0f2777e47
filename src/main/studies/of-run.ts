/** Studies made from a run of this installation. */

import { resolveRun } from '@main/runs/prepare'
import type { Store } from '@main/store/query'
import { getRun } from '@main/store/runs'
import { GpoError } from '@shared/errors'
import { canBeGuided } from '@shared/method/guided'
import { type ChangeValue, type Study, studySchema } from '@shared/schemas/study'
import { refusedSetting } from '@shared/study/changes'
import { guidanceStudy, type Origin, sweepStudy } from '@shared/study/of-run'
import { parseStudy } from './document'

function originOf(store: Store, wanted: string, seeds: number): Origin {
  const { id, name, plan } = getRun(store, resolveRun(store, wanted).id)
  return { id, name, plan, seeds }
}

/** Its plan with guidance and without. @throws {GpoError} 'usage' for a run that has no such choice, 'notFound' */
export function guidanceStudyOf(store: Store, run: string, seeds: number): Study {
  const origin = originOf(store, run, seeds)
  if (!canBeGuided(origin.plan.objective.kind))
    throw new GpoError(
      'usage',
      `Run ${origin.id} does not learn from what it samples (${origin.plan.objective.kind}), so guidance changes nothing: choose a run that does.`,
    )
  return studySchema.parse(guidanceStudy(origin))
}

/** Its plan with several values of a setting. @throws {GpoError} 'plan' for a setting that plans do not have or a study cannot change */
export function sweepStudyOf(
  store: Store,
  run: string,
  {
    setting,
    values,
    seeds,
  }: { readonly setting: string; readonly values: readonly ChangeValue[]; readonly seeds: number },
): Study {
  const refused = refusedSetting(setting)
  if (refused !== null) throw new GpoError('plan', refused)
  return parseStudy(sweepStudy(originOf(store, run, seeds), setting, values), `the sweep over ${setting}`)
}
