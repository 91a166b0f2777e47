/** The study of the example: its plan with guidance and without, one seed, both curves in one picture. About five minutes on two cores. */
import { demoPlan } from '../demo-plan'
import type { StudyInput } from '../schemas/study'

/** Iterations between two points of the curves. */
const EVERY = 5

export function exampleStudy(seed: number): StudyInput {
  const { seed: _, evaluation, ...plan } = demoPlan(seed)
  return {
    name: `the example with guidance and without (seed ${seed})`,
    question: 'Does the example learn more with guidance, after as many prompts, trained rollouts and updates?',
    plan: { ...plan, evaluation: { ...evaluation, everyIterations: EVERY } },
    arms: [
      { name: 'base', changes: { 'gpo.criticalStep': 'none' }, why: 'PPO with the group as its baseline.' },
      {
        name: 'guided',
        changes: {},
        why: 'Prompts whose rollouts all fail are trained from their most undecided state.',
      },
    ],
    base: 'base',
    seeds: [seed],
  }
}
