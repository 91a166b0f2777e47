/** Which prompts a plan follows. Pure. */
import type { Plan } from '../schemas/plan'

/** The rows that a plan names, each once, by the numbers that people see. Empty: some are chosen. */
export const namedRows = ({ evaluation }: Pick<Plan, 'evaluation'>): readonly number[] => [
  ...new Set(
    evaluation.probeRows
      .split(',')
      .filter((one) => one.trim() !== '')
      .map(Number),
  ),
]

/** How many prompts are answered after every iteration, if the data has as many rows. */
export const probeCount = (plan: Pick<Plan, 'evaluation'>): number => namedRows(plan).length || plan.evaluation.probes
