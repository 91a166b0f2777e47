/** Studies that are made from a plan: does guidance help here, or which value of a setting? Pure. */

import { type CriticalRule, DEFAULT_RULE } from '../method/critical-step'
import { isGuided } from '../method/guided'
import { valueAt } from '../plan/draft'
import { isEvaluated } from '../plan/evaluated'
import { describedIn, fullLabel } from '../plan/fields'
import type { Plan } from '../schemas/plan'
import type { ChangeValue, StudyInput } from '../schemas/study'

/** Share of the training rows that is held out where a plan has no evaluation. */
const HELD_OUT = 0.1

export interface Origin {
  readonly id: string
  /** Of the run. */
  readonly name: string
  readonly plan: Plan
  /** Number of seeds, from the run's own on. */
  readonly seeds: number
}

/** The plan without what a study sets itself; with held-out rows, because a study compares accuracy on them. */
function sharedPlan({ version: _, name: __, seed: ___, ...own }: Plan): StudyInput['plan'] {
  // All runs of a study are measured after the same iteration: none stops by itself.
  const plan = { ...own, evaluation: { ...own.evaluation, patience: 0 } }
  return isEvaluated(plan) ? plan : { ...plan, data: { ...plan.data, holdOut: HELD_OUT } }
}

const MAX_SEED = 0xffffffff
const seedsFrom = (first: number, number: number) =>
  Array.from({ length: number }, (_, i) => (first + i) % (MAX_SEED + 1))

/** Characters of the run's name in that of its study. */
const RUN_NAME = 40

/** The id keeps it apart from studies of runs with the same name. */
const titled = (question: string, { name, id }: Origin) =>
  `${question}: ${name
    .replaceAll(/\p{Cc}+/gu, ' ')
    .slice(0, RUN_NAME)
    .trim()} (${id})`

/** Two arms, the run's plan with guidance and without; the base algorithm is the base. */
export function guidanceStudy(origin: Origin): StudyInput {
  const { plan, seeds } = origin
  const rule: CriticalRule = isGuided(plan) ? plan.gpo.criticalStep : DEFAULT_RULE
  return {
    name: titled('Does guidance help', origin),
    question: 'Does resetting to critical steps help here, or does the base algorithm learn as much?',
    plan: sharedPlan(plan),
    arms: [
      { name: 'base', changes: { 'gpo.criticalStep': 'none' }, why: 'The base algorithm, without guidance.' },
      { name: 'guided', changes: { 'gpo.criticalStep': rule }, why: 'Rollouts begin at critical steps.' },
    ],
    base: 'base',
    seeds: seedsFrom(plan.seed, seeds),
  }
}

const short = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value)) || 'empty'

/** One arm for each value of a setting; the run's own value is the base, or the first of the list if it is not in it. */
export function sweepStudy(origin: Origin, setting: string, values: readonly ChangeValue[]): StudyInput {
  const { plan, seeds } = origin
  const described = describedIn([plan], setting)
  const label = described ? fullLabel(described) : setting
  const own = valueAt(plan, setting) as ChangeValue | undefined
  const isListed = own === undefined || values.some((value) => JSON.stringify(value) === JSON.stringify(own))
  const all = isListed ? values : [own, ...values]
  const key = setting.split('.').at(-1) ?? setting
  const arms = all.map((value) => ({
    name: `${key} ${short(value)}`.slice(0, 80).trim(),
    changes: { [setting]: value },
  }))
  const base = Math.max(
    0,
    all.findIndex((value) => JSON.stringify(value) === JSON.stringify(own)),
  )
  return {
    name: titled(`Which ${key}`, origin),
    question: `Which value of “${label}” learns most here?`,
    plan: sharedPlan(plan),
    arms,
    base: arms[base]?.name ?? '',
    seeds: seedsFrom(plan.seed, seeds),
  }
}
