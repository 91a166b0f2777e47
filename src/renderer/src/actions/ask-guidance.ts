/** "Does guidance help here?": an experiment about a run, with guidance and without, over several seeds. */
import type { ObjectiveKind } from '@shared/schemas/plan'

export const GUIDANCE_QUESTION = 'Does guidance help here?'

/** Imitation samples nothing that could begin at a critical step. */
export const canAskGuidance = (objective: ObjectiveKind | null): boolean => objective !== null && objective !== 'sft'

/** The page of a new experiment, filled in from the run. */
export const guidanceAddress = (run: string): string => `/experiments/new?from=${run}`
