/** "Does guidance help here?": an experiment about a run, with guidance and without, over several seeds. */
import { canBeGuided } from '@shared/method/guided'
import type { ObjectiveKind } from '@shared/schemas/plan'

export const GUIDANCE_QUESTION = 'Does guidance help here?'

/** Whether a run learns from what it samples. */
export const canAskGuidance = (objective: ObjectiveKind | null): boolean => objective !== null && canBeGuided(objective)

/** The page of a new experiment, filled in from the run. */
export const guidanceAddress = (run: string): string => `/experiments/new?from=${run}`
