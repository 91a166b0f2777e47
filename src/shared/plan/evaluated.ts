/** Whether a plan measures accuracy on rows that it does not train on: rows of their own, or a part held out. */
import type { Plan } from '../schemas/plan'

export const isEvaluated = ({ data }: Pick<Plan, 'data'>): boolean => data.eval !== undefined || data.holdOut > 0
