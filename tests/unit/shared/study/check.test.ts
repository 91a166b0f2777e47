import { planSchema } from '@shared/schemas/plan'
import { type StudyInput, studySchema } from '@shared/schemas/study'
import { cellsOf, planOf } from '@shared/study/cells'
import { withChanges } from '@shared/study/changes'
import { evaluatedIterations, studyProblems } from '@shared/study/check'
import { studyDifferences } from '@shared/study/differences'
import { guidanceStudy, sweepStudy } from '@shared/study/of-run'
import { describe, expect, it } from 'vitest'
import { input, study } from './fixtures'

const problemsOf = (change: Partial<StudyInput>) =>
  studyProblems(study(change)).map(({ at, message }) => `${at} | ${message}`)

describe('the runs of a study', () => {
  it('are seeds × tasks × arms, in this order, each with its name and seed', () => {
    const two = study({
      seeds: [5, 7],
      tasks: [
        { name: 'short', changes: { 'data.train.limit': 100 } },
        { name: 'long', changes: {} },
      ],
    })
    const cells = cellsOf(two)
    expect(cells.map(({ task, arm, seed }) => `${seed} ${task} ${arm}`)).toEqual([
      '5 short base',
      '5 short guided',
      '5 long base',
      '5 long guided',
      '7 short base',
      '7 short guided',
      '7 long base',
      '7 long guided',
    ])
    expect(planOf(two, cells[1]!)).toMatchObject({
      name: 'guided or not · short · guided · seed 5',
      seed: 5,
      data: { train: { limit: 100 } },
      gpo: { criticalStep: 'max' },
    })
  })
})

describe('changes', () => {
  it('of a kind begin with the defaults of the new kind, whatever their order', () => {
    const plan = { objective: { kind: 'ppo', kl: 0.02, lambda: 0.5 } }
    expect(withChanges(plan, { 'objective.epochs': 2, 'objective.kind': 'grpo' })).toEqual({
      objective: { kind: 'grpo', epochs: 2 },
    })
    expect(withChanges(plan, { 'objective.kind': 'ppo', 'objective.kl': 0.1 })).toEqual({
      objective: { kind: 'ppo', kl: 0.1, lambda: 0.5 },
    })
    expect(withChanges({ adaptation: { r: 4 } }, { 'adaptation.kind': 'lora' })).toEqual({ adaptation: { r: 4 } })
  })

  it('to null give a setting its default, and leave the plan itself as it is', () => {
    const plan = { gpo: { samples: 8, criticalStep: 'max' } }
    expect(withChanges(plan, { 'gpo.samples': null })).toEqual({ gpo: { criticalStep: 'max' } })
    expect(plan.gpo.samples).toBe(8)
  })

  it('cannot reach a prototype', () => {
    expect(withChanges({}, { '__proto__.polluted': 1, 'constructor.prototype.polluted': 1 })).toEqual({})
    expect({}).not.toHaveProperty('polluted')
  })
})

describe('a study is refused', () => {
  it('not if everything is well', () => {
    expect(problemsOf({})).toEqual([])
  })

  it.each<[string, Partial<StudyInput>, RegExp]>([
    [
      'an unknown setting',
      { arms: [input.arms[0]!, { name: 'b', changes: { 'gpo.criticalstep': 'max' } }] },
      /arms\.b\.changes\.gpo\.criticalstep \| gpo\.criticalstep is not a setting of a plan: did you mean gpo\.criticalStep\?/,
    ],
    [
      'a group',
      { arms: [input.arms[0]!, { name: 'b', changes: { 'gpo.segmentation': 'lines' } }] },
      /gpo\.segmentation is a group of settings: name one of them, such as gpo\.segmentation\.splitter/,
    ],
    [
      'a seed in an arm',
      { arms: [input.arms[0]!, { name: 'b', changes: { seed: 4 } }] },
      /seed cannot be changed here: list the seeds/,
    ],
    [
      'a bad value',
      { arms: [input.arms[0]!, { name: 'b', changes: { 'gpo.samples': 'many' } }] },
      /arms\.b \| task "the task", arm "b": gpo\.samples is "many": expected number/,
    ],
    [
      'a setting of another kind',
      { arms: [input.arms[0]!, { name: 'b', changes: { 'objective.lambda': 0.9 } }] },
      /unknown key "objective\.lambda"/,
    ],
    ['an arm twice', { arms: [...input.arms, input.arms[1]!] }, /arms \| the arm "guided" is there twice/],
    [
      'a base that is no arm',
      { base: 'control' },
      /base \| base is "control", which is no arm: choose one of "base", "guided"/,
    ],
    ['a seed twice', { seeds: [1, 2, 1] }, /seeds \| the seed 1 is there twice/],
    [
      'an iteration without evaluation',
      { measure: { iteration: 15 } },
      /measure\.iteration is 15, but task "the task", arm "base" evaluates after iterations 10, 20: choose one of them, "last"/,
    ],
    [
      'no evaluation data',
      { plan: { ...input.plan, data: { train: { path: 'bundled:shuffled-objects' } } } },
      /plan\.data\.eval \| .* has no held-out rows/,
    ],
    [
      'other problems for an arm',
      { arms: [input.arms[0]!, { name: 'b', changes: { 'evaluation.limit': 9 } }] },
      /the arm "b" is judged on other problems than the base/,
    ],
    [
      'an arm like the base',
      { arms: [input.arms[0]!, { name: 'b', changes: { 'gpo.criticalStep': 'none' } }] },
      /the arm "b" has the plan of the base "base"/,
    ],
    [
      'a setting changed twice',
      { tasks: [{ name: 't', changes: { 'gpo.criticalStep': 'min' } }] },
      /gpo\.criticalStep is changed by the arm "guided" and by the task "t"/,
    ],
    [
      'a plan that would learn nothing',
      { plan: { ...input.plan, budget: { trainedPerPrompt: 1 } } },
      /plan \| budget\.trainedPerPrompt: A group of one/,
    ],
    [
      'a rule that can never apply',
      { stopEarly: { when: 'worseThanBase', afterSeeds: 3 } },
      /there are 3 seeds, so the rule could never leave one out/,
    ],
    [
      'too many runs',
      {
        seeds: Array.from({ length: 100 }, (_, i) => i),
        tasks: Array.from({ length: 6 }, (_, i) => ({ name: `t${i}`, changes: { 'data.train.limit': i + 1 } })),
      },
      /1,200 runs are more than 1,000/,
    ],
  ])('with %s', (_, change, message) => {
    expect(problemsOf(change).join('\n')).toMatch(message)
  })

  it('with all of its problems at once, each said once', () => {
    const problems = problemsOf({
      base: 'control',
      plan: { ...input.plan, budgets: {} },
      arms: [input.arms[0]!, { name: 'b', changes: { 'gpo.sample': 2 } }],
    })
    expect(problems).toHaveLength(3)
    expect(problems.join('\n')).toContain('plan | unknown key "budgets"')
  })

  it('by its schema for names with line breaks, unknown keys and one arm', () => {
    for (const change of [{ name: 'a\nb' }, { seedz: [1] }, { arms: [input.arms[0]] }, { seeds: [] }, { seeds: [1.5] }])
      expect(studySchema.safeParse({ ...input, ...change }).success).toBe(false)
  })
})

it('a plan is evaluated at its interval and after the last iteration', () => {
  const plan = (evaluation: object, iterations: number) =>
    planSchema.parse({ ...input.plan, evaluation, budget: { iterations } })
  expect(evaluatedIterations(plan({ everyIterations: 10 }, 25))).toEqual([10, 20, 25])
  expect(evaluatedIterations(plan({ everyIterations: 10 }, 20))).toEqual([10, 20])
  expect(evaluatedIterations(plan({ everyIterations: 0 }, 20))).toEqual([20])
})

it('a changed document is described by what changed', () => {
  const before = study()
  const now = study({
    seeds: [1, 2, 3, 4],
    measure: { iteration: 10 },
    arms: [input.arms[0]!, { name: 'guided', changes: { 'gpo.criticalStep': 'min' } }],
  })
  expect(studyDifferences(before, before)).toEqual([])
  expect(studyDifferences(before, now)).toEqual([
    'arms.guided.changes.gpo.criticalStep was "max" and is "min"',
    'arms.guided.why was "It finds the decisive step." and is missing',
    'seeds was [1,2,3] and is [1,2,3,4]',
    'measure.iteration was "last" and is 10',
  ])
})

describe('a study of a run', () => {
  const plan = planSchema.parse({ ...input.plan, name: 'first', seed: 8, gpo: { criticalStep: 'maxAbs' } })

  it('asks whether guidance helps, with the run’s own rule, against the base algorithm', () => {
    const made = studySchema.parse(guidanceStudy({ id: '0abc', name: 'first\nrun', plan, seeds: 5 }))
    expect(studyProblems(made)).toEqual([])
    expect(made).toMatchObject({
      name: 'Does guidance help: first run (0abc)',
      base: 'base',
      seeds: [8, 9, 10, 11, 12],
    })
    expect(made.arms.map(({ changes }) => changes)).toEqual([
      { 'gpo.criticalStep': 'none' },
      { 'gpo.criticalStep': 'maxAbs' },
    ])
    expect(made.plan).not.toHaveProperty('seed')
  })

  it('holds rows out where the run evaluated nothing', () => {
    const bare = planSchema.parse({ ...input.plan, data: { train: { path: 'bundled:shuffled-objects' } } })
    const made = studySchema.parse(guidanceStudy({ id: '0abc', name: 'bare', plan: bare, seeds: 2 }))
    expect(made.plan).toMatchObject({ data: { holdOut: 0.1 } })
    expect(studyProblems(made)).toEqual([])
  })

  it('lets no run stop by itself, and refuses a study that does', () => {
    const patient = planSchema.parse({ ...input.plan, evaluation: { patience: 3 } })
    const made = studySchema.parse(guidanceStudy({ id: '0abc', name: 'patient', plan: patient, seeds: 2 }))
    expect(studyProblems(made)).toEqual([])
    const refused = studySchema.parse({ ...made, plan: { ...made.plan, evaluation: { patience: 3 } } })
    expect(studyProblems(refused).map(({ message }) => message)).toEqual([
      expect.stringMatching(/^evaluation\.patience: .*set it to 0$/),
    ])
  })

  it('sweeps over a setting, with the run’s own value as the base', () => {
    const made = studySchema.parse(sweepStudy({ id: '0abc', name: 'first', plan, seeds: 2 }, 'gpo.samples', [2, 8]))
    expect(made.arms.map(({ name }) => name)).toEqual(['samples 4', 'samples 2', 'samples 8'])
    expect(made.base).toBe('samples 4')
    expect(studyProblems(made)).toEqual([])
  })
})
