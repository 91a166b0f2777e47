/** Runs that are there before a journey begins: trained by the `gpo` command, as a person would. */
import { demoPlan } from '@shared/demo-plan'
import type { PlanInput } from '@shared/schemas/plan'
import { expect } from 'vitest'
import { gpo, jsonLines, writePlan } from '../../support/gpo'

type Changes = Partial<PlanInput>

/** The bundled example in small: two iterations that take seconds. */
export const smallPlan = (changes: Changes = {}): PlanInput => ({
  ...demoPlan(1),
  evaluation: { everyIterations: 2, limit: 20 },
  checkpoint: { everyIterations: 1 },
  ...changes,
  budget: { iterations: 2, promptsPerIteration: 8, trainedPerPrompt: 4, ...changes.budget },
})

/** @returns the run's id */
export async function train(home: string, changes: Changes = {}): Promise<string> {
  const ended = await gpo(home, 'train', writePlan(home, smallPlan(changes)), '--json')
  expect(ended.stderr).not.toMatch(/error/i)
  expect(ended.code).toBe(0)
  return jsonLines<{ run: string }>(ended)[0]!.run
}
