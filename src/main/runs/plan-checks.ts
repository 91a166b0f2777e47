/** The checks of the page "New run", for runs started without it. */
import { PlanProblem, planFacts } from '@main/library/plans/facts'
import { GpoError } from '@shared/errors'
import { checkPlan } from '@shared/plan/checks'
import { checkFacts } from '@shared/plan/facts'
import type { PlanIssue } from '@shared/plan/issue'
import type { Plan } from '@shared/schemas/plan'

const sentence = ({ path, message }: PlanIssue) => `${path}: ${message}`

function refuseErrors(issues: readonly PlanIssue[]): void {
  const errors = issues.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw new GpoError('plan', `the plan cannot be run. ${errors.map(sentence).join(' ')}`)
}

/** Checks the plan alone. @throws {GpoError} 'plan' naming every setting that cannot be used */
export const refuseUnfitPlan = (plan: Plan): void => refuseErrors(checkPlan(plan))

async function factIssues(plan: Plan): Promise<readonly PlanIssue[]> {
  try {
    return checkFacts(plan, await planFacts(plan))
  } catch (error) {
    throw error instanceof PlanProblem ? error.cause : error
  }
}

/**
 * The plan against its model and data as well.
 * @returns warnings
 * @throws {GpoError} 'plan' naming every setting that cannot be used; ('model', 'data') for files that cannot be read
 */
export async function planWarnings(plan: Plan): Promise<readonly string[]> {
  const issues = [...checkPlan(plan), ...(await factIssues(plan))]
  refuseErrors(issues)
  return issues.filter(({ severity }) => severity === 'warning').map(sentence)
}
