/** Runs that exist before a journey begins: trained by the `gpo` command, as a person would. */
import { cpSync } from 'node:fs'
import { demoPlan } from '@shared/demo-plan'
import type { PlanInput } from '@shared/schemas/plan'
import { expect } from 'vitest'
import { gpo, jsonLines, temporaryFolder, writePlan } from '../../support/gpo'

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

/**
 * Runs that are viewed but not continued: trained once for all hosts of a journey.
 * @returns fills a data folder; gives the runs' ids, in the order of `plans`
 */
export function trainedOnce(...plans: readonly Changes[]): (home: string) => Promise<readonly string[]> {
  let trained: Promise<{ readonly folder: string; readonly ids: readonly string[] }> | null = null
  const make = async () => {
    const folder = temporaryFolder()
    const ids: string[] = []
    for (const plan of plans) ids.push(await train(folder, plan))
    return { folder, ids }
  }
  return async (home) => {
    trained ??= make()
    const { folder, ids } = await trained
    cpSync(folder, home, { recursive: true })
    return ids
  }
}
