/** What keeps a study from being started, as far as the document alone says it: all problems at once. Pure. */
import { checkPlan } from '../plan/checks'
import { isEvaluated } from '../plan/evaluated'
import type { Plan } from '../schemas/plan'
import { type Changes, MAX_STUDY_RUNS, type Study } from '../schemas/study'
import { type Combination, combinationsOf } from './cells'
import { refusedSetting } from './changes'
import type { StudyProblem } from './problem'

const quoted = (text: string) => `"${text}"`
const repeated = <T>(values: readonly T[]): T[] => [...new Set(values.filter((one, i) => values.indexOf(one) < i))]

function nameProblems({ tasks, arms, base, seeds }: Study): StudyProblem[] {
  const twice = (at: string, what: string, values: readonly string[]) =>
    repeated(values).map((one) => ({ at, message: `${what} ${one} is there twice: give each its own` }))
  const names = arms.map(({ name }) => name)
  const isThere = names.includes(base)
  return [
    ...twice('arms', 'the arm', names.map(quoted)),
    ...twice(
      'tasks',
      'the task',
      tasks.map(({ name }) => quoted(name)),
    ),
    ...twice('seeds', 'the seed', seeds.map(String)),
    ...(isThere
      ? []
      : [
          {
            at: 'base',
            message: `base is ${quoted(base)}, which is no arm: choose one of ${names.map(quoted).join(', ')}`,
          },
        ]),
  ]
}

function sizeProblems({ tasks, arms, seeds, stopEarly }: Study): StudyProblem[] {
  const runs = tasks.length * arms.length * seeds.length
  return [
    ...(runs > MAX_STUDY_RUNS
      ? [
          {
            at: 'seeds',
            message: `${runs.toLocaleString('en')} runs are more than ${MAX_STUDY_RUNS.toLocaleString('en')}: make several studies`,
          },
        ]
      : []),
    ...(stopEarly && stopEarly.afterSeeds >= seeds.length
      ? [
          {
            at: 'stopEarly.afterSeeds',
            message: `stopEarly.afterSeeds is ${stopEarly.afterSeeds}, but there are ${seeds.length} seeds, so the rule could never leave one out: lower it, or remove stopEarly`,
          },
        ]
      : []),
  ]
}

const settingProblems = (at: string, changes: Changes): StudyProblem[] =>
  Object.keys(changes).flatMap((path) => {
    const message = refusedSetting(path)
    return message === null ? [] : [{ at: `${at}.changes.${path}`, message }]
  })

function changeProblems({ tasks, arms }: Study): StudyProblem[] {
  const both = arms.flatMap((arm) =>
    tasks.flatMap((task) =>
      Object.keys(arm.changes)
        .filter((path) => Object.hasOwn(task.changes, path))
        .map((path) => ({
          at: `arms.${arm.name}.changes.${path}`,
          message: `${path} is changed by the arm ${quoted(arm.name)} and by the task ${quoted(task.name)}: keep it in one of them`,
        })),
    ),
  )
  return [
    ...tasks.flatMap(({ name, changes }) => settingProblems(`tasks.${name}`, changes)),
    ...arms.flatMap(({ name, changes }) => settingProblems(`arms.${name}`, changes)),
    ...both,
  ]
}

const placeOf = ({ task, arm }: Combination) => `task ${quoted(task.name)}, arm ${quoted(arm.name)}`

/** Problems of the combinations; what all of them have is said once, of the plan. */
function planProblems(combinations: readonly Combination[]): StudyProblem[] {
  const found = new Map<string, Combination[]>()
  for (const one of combinations) {
    const errors = one.plan ? checkPlan(one.plan).filter(({ severity }) => severity === 'error') : []
    const early =
      one.plan && one.plan.evaluation.patience > 0
        ? [
            'evaluation.patience: a study measures all runs after the same iteration, so that none may stop by itself: set it to 0',
          ]
        : []
    for (const text of [...one.problems, ...early, ...errors.map(({ path, message }) => `${path}: ${message}`)])
      found.set(text, [...(found.get(text) ?? []), one])
  }
  return [...found].map(([text, where]) =>
    where.length === combinations.length
      ? { at: 'plan', message: text }
      : { at: `arms.${where[0]!.arm.name}`, message: `${where.map(placeOf).join('; ')}: ${text}` },
  )
}

/** Iterations after which a plan evaluates; the last is always one of them. */
export function evaluatedIterations({ budget, evaluation }: Plan): number[] {
  const { iterations } = budget
  const { everyIterations: every } = evaluation
  const during = every > 0 ? Array.from({ length: Math.floor(iterations / every) }, (_, i) => (i + 1) * every) : []
  return during.at(-1) === iterations ? during : [...during, iterations]
}

/** Most iterations that a message lists. */
const LISTED = 8

function measureProblems({ measure }: Study, combinations: readonly Combination[]): StudyProblem[] {
  const { iteration } = measure
  const first = combinations.find(({ plan }) => plan && !isEvaluated(plan))
  if (first)
    return [
      {
        at: 'plan.data.eval',
        message: `${placeOf(first)} has no held-out rows, so there is no accuracy to compare: choose evaluation data (data.eval.path), or set data.holdOut`,
      },
    ]
  if (iteration === 'last') return []
  return combinations.flatMap((one) => {
    if (!one.plan) return []
    const known = evaluatedIterations(one.plan)
    if (known.includes(iteration)) return []
    const some = known.length > LISTED ? [...known.slice(0, LISTED - 1), '…', known.at(-1)] : known
    return [
      {
        at: 'measure.iteration',
        message: `measure.iteration is ${iteration}, but ${placeOf(one)} evaluates after iterations ${some.join(', ')}: choose one of them, "last", or another evaluation.everyIterations`,
      },
    ]
  })
}

/** What decides on which problems a plan is judged, and how. */
const judgedOn = ({ data, evaluation, verifier }: Plan) =>
  JSON.stringify([data.eval ?? [data.train, data.holdOut, data.holdOutSeed], evaluation.limit, verifier])

function pairingProblems(study: Study, combinations: readonly Combination[]): StudyProblem[] {
  return combinations.flatMap(({ task, arm, plan }) => {
    const base = combinations.find((one) => one.task === task && one.arm.name === study.base)?.plan
    if (!plan || !base || arm.name === study.base) return []
    const at = `arms.${arm.name}.changes`
    if (judgedOn(plan) !== judgedOn(base))
      return [
        {
          at,
          message: `the arm ${quoted(arm.name)} is judged on other problems than the base, or otherwise: evaluation data, held-out rows, evaluation.limit and verifier must be the same for all arms; put them into the plan or a task`,
        },
      ]
    const isSame = JSON.stringify({ ...plan, name: '' }) === JSON.stringify({ ...base, name: '' })
    return isSame
      ? [
          {
            at,
            message: `task ${quoted(task.name)}: the arm ${quoted(arm.name)} has the plan of the base ${quoted(study.base)}: change a setting that differs`,
          },
        ]
      : []
  })
}

export function studyProblems(study: Study): StudyProblem[] {
  const first = [...nameProblems(study), ...sizeProblems(study), ...changeProblems(study)]
  if (first.some(({ at }) => at === 'arms' || at === 'tasks')) return first
  const combinations = combinationsOf(study)
  return [
    ...first,
    ...planProblems(combinations),
    ...measureProblems(study, combinations),
    ...pairingProblems(study, combinations),
  ]
}
