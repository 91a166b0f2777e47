/** Whether a plan measures accuracy on rows that it does not train on: evaluation data, or a held-out part. */
import type { Plan } from '../schemas/plan'

export const isEvaluated = ({ data }: Pick<Plan, 'data'>): boolean => data.eval !== undefined || data.holdOut > 0
