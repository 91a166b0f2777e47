/**
 * A run's plan: everything that decides what happens. The same schema is the form, the file, the command line's `--set` and the database's record.
 * Unknown keys are errors. Each setting is stated once, with its texts, in the file of its topic (plan/).
 */
import { z } from 'zod'
import { adaptationSchema } from './plan/adaptation'
import { budgetSchema, checkpointSchema, evaluationSchema } from './plan/budget'
import { dataSchema } from './plan/data'
import { gpoSchema } from './plan/gpo'
import { backendSchema, modelSchema } from './plan/model'
import { objectiveSchema } from './plan/objective'
import { optimiserSchema } from './plan/optimiser'
import { rolloutSchema } from './plan/rollout'
import { settingIn } from './plan/setting'
import { verifierSchema } from './verifier'

export { type AdaptationConfig, LORA_TARGETS } from './plan/adaptation'
export { MAX_PROBES } from './plan/budget'
export type { DataFile } from './plan/data'
export { type Segmentation, segmentationSchema } from './plan/gpo'
export { BACKEND_NAMES, type BackendName } from './plan/model'
export type { ObjectiveKind, ObjectiveOf } from './plan/objective'

const run = settingIn('Run')

export const planSchema = z.strictObject({
  version: z.literal(1).default(1),
  name: run(z.string().min(1).max(200).optional(), {
    label: 'Name',
    isSimple: true,
    aliases: ['run_name', 'experiment_name', 'output_dir'],
    what: 'The run’s name in lists and charts. Empty: method, data and model.',
    advice: 'Say what is different about this run.',
  }),
  seed: run(z.number().int().min(0).max(0xffffffff).default(1), {
    label: 'Seed',
    isSimple: true,
    aliases: ['seed', 'random_state', 'data_seed'],
    what: 'Determines everything random: the same plan and seed give the same run on the same backend.',
    advice: 'Try three seeds before you trust a difference of a few points.',
  }),
  model: modelSchema,
  data: dataSchema,
  verifier: verifierSchema.prefault({ kind: 'number' }),
  adaptation: adaptationSchema.prefault({ kind: 'lora' }),
  backend: backendSchema,
  objective: objectiveSchema,
  gpo: gpoSchema.prefault({}),
  rollout: rolloutSchema.prefault({}),
  optimiser: optimiserSchema.prefault({}),
  budget: budgetSchema.prefault({}),
  evaluation: evaluationSchema.prefault({}),
  checkpoint: checkpointSchema.prefault({}),
})
export type Plan = z.infer<typeof planSchema>
export type PlanInput = z.input<typeof planSchema>
