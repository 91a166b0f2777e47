/** Guided Pivotal Optimization: values, the critical step, the reset, and how trajectories are cut into steps. */
import { z } from 'zod'
import { CRITICAL_RULES } from '../../method/critical-step'
import { positiveInt, settingIn } from './setting'

const gpo = settingIn('GPO')
const step = settingIn('Steps')

export const segmentationSchema = z.strictObject({
  splitter: step(z.enum(['lines', 'sentences', 'window', 'regex']).default('lines'), {
    label: 'A step ends',
    isSimple: true,
    aliases: ['segmentation', 'splitter', 'step delimiter', 'step_tag'],
    what: 'Where a trajectory is cut into steps. A token is never cut in two.',
    advice: 'Newlines for mathematics written line by line; sentences for prose; a window where nothing else fits.',
    options: {
      lines: 'After newlines',
      sentences: 'After sentences',
      window: 'Every N tokens',
      regex: 'After each match',
    },
  }),
  minStepTokens: step(positiveInt(4096).default(8), {
    label: 'Shortest step',
    unit: 'tokens',
    isSimple: true,
    aliases: ['min_step_length', 'min step tokens'],
    what: 'A shorter step is merged into its neighbour.',
    advice: '8. Lower for short formulas, higher for prose: fewer steps take less time.',
  }),
  maxSteps: step(positiveInt(256).default(16), {
    label: 'Most steps',
    symbol: 'K',
    aliases: ['max_steps_per_trajectory', 'num_steps'],
    what: 'Limit of steps per trajectory; beyond it, neighbours are merged evenly. Time for values grows with it.',
    advice: '8 to 16; more to find the decisive place of long solutions exactly.',
  }),
  windowTokens: step(positiveInt(4096).default(32), {
    label: 'Window',
    unit: 'tokens',
    isSimple: true,
    aliases: ['chunk size', 'window size'],
    what: 'Length of each step when steps end every N tokens.',
    advice: '16 to 64.',
  }),
  pattern: step(z.string().max(1000).default('\\n\\n'), {
    label: 'Pattern',
    isSimple: true,
    aliases: ['regex', 'separator', 'delimiter'],
    what: 'Regular expression; a step ends where a match ends.',
    advice: '\\n\\n for paragraphs, (?=Step ) to cut before each “Step”.',
  }),
})
export type Segmentation = z.infer<typeof segmentationSchema>

export const gpoSchema = z.strictObject({
  criticalStep: gpo(z.enum(CRITICAL_RULES).default('max'), {
    label: 'Critical step',
    symbol: 'm',
    isSimple: true,
    aliases: ['gpo', 'pivotal step', 'critical step rule', 'reset', 'argmax advantage'],
    what: 'The step each trajectory is reset to; new rollouts begin there. Off: the base algorithm.',
    advice: 'Largest advantage is the paper’s rule. A random step shows whether the choice matters on your data.',
    options: {
      max: 'Largest advantage',
      maxAbs: 'Largest |advantage|',
      min: 'Smallest advantage',
      random: 'Random step',
      none: 'Off',
    },
  }),
  samples: gpo(positiveInt(1024).default(4), {
    label: 'Monte Carlo samples',
    symbol: 'N',
    isSimple: true,
    aliases: ['mc_samples', 'n', 'monte carlo', 'num_rollouts', 'value estimation'],
    what: 'Continuations sampled before each step to estimate how likely success is from there. They take most of GPO’s extra time.',
    advice: '4 to begin with. Accuracy rises up to 12 and no further; below 4 the selected step is mostly noise.',
  }),
  reuseRollouts: gpo(z.boolean().default(true), {
    label: 'Reuse continuations',
    isSimple: true,
    aliases: ['reuse rollouts', 'reuse samples'],
    what: 'Also trains on the continuations that estimated the critical state’s value; only missing ones are sampled.',
    advice: 'On saves time. Off keeps the estimate and the training batch independent.',
  }),
  maxPairAttempts: gpo(positiveInt(4096).default(16), {
    label: 'Attempts per pair',
    unit: 'rollouts',
    aliases: ['max attempts', 'num_return_sequences', 'rejection sampling'],
    what: 'Most rollouts sampled from one state to find correct and incorrect ones. Applies without GPO too.',
    advice: 'More for hard or very easy data, where one side is rare.',
  }),
  segmentation: segmentationSchema.prefault({}),
})
