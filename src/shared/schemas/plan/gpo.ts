/** Guided Pivotal Optimization: values, the critical step, the reset, and how trajectories are cut into steps. */
import { z } from 'zod'
import { CRITICAL_RULES, DEFAULT_RULE } from '../../method/critical-step'
import { SEARCHES } from '../../method/search'
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
  criticalStep: gpo(z.enum(CRITICAL_RULES).default(DEFAULT_RULE), {
    label: 'Critical step',
    symbol: 'm',
    isSimple: true,
    aliases: ['gpo', 'pivotal step', 'critical step rule', 'reset', 'argmax advantage'],
    what: 'The step each trajectory is reset to; new rollouts begin there. Off: the base algorithm.',
    advice:
      'Most undecided, the largest V(1 − V): from there rollouts differ, and differences are what is learned from. Largest advantage is the paper’s rule; a random step shows whether the choice matters on your data.',
    options: {
      undecided: 'Most undecided',
      value: 'Likeliest success',
      max: 'Largest advantage',
      maxAbs: 'Largest |advantage|',
      min: 'Smallest advantage',
      random: 'Random step',
      none: 'Off',
    },
  }),
  when: gpo(z.enum(['always', 'decided']).default('always'), {
    label: 'Guide',
    isSimple: true,
    aliases: ['rescue', 'dead groups', 'when', 'frac_reward_zero_std'],
    what: 'Which prompts are guided: all of them, or only those whose rollouts from the prompt all end alike and therefore teach nothing.',
    advice:
      'Only decided prompts costs less: prompts that teach are left to the base algorithm, and values are estimated for the others alone.',
    options: { always: 'Every prompt', decided: 'Only decided prompts' },
  }),
  decided: gpo(z.enum(['wrong', 'either']).default('wrong'), {
    label: 'Decided means',
    aliases: ['all wrong', 'all correct', 'solve none'],
    what: 'Which prompts count as decided: those where every rollout is wrong, or also those where every rollout is right.',
    advice: 'All wrong. Prompts that are always right have little left to teach.',
    options: { wrong: 'All wrong', either: 'All wrong or all right' },
  }),
  trainOn: gpo(z.enum(['reset', 'all']).default('reset'), {
    label: 'Train on',
    isSimple: true,
    aliases: ['vineppo', 'spo', 'treerl', 'all continuations'],
    what: 'What enters the batch: the rollouts from the critical state, or the continuations of every state with mixed outcomes together with the trajectory’s own steps.',
    advice: 'All continuations uses every sampled token, with 2 samples a state to begin with; its batches are larger.',
    options: { reset: 'The critical state', all: 'All continuations' },
  }),
  search: gpo(z.enum(SEARCHES).default('exhaustive'), {
    label: 'Search',
    isSimple: true,
    aliases: ['bisection', 'pivotal token search', 'adaptive sampling', 'thompson'],
    what: 'Which states get continuations: each the same number, the middle of what is left until one is undecided, or those that could still be the critical one.',
    advice:
      'Bisection samples two states instead of all, for the rule “most undecided” only. Adaptive needs half of the samples or less, for every rule.',
    options: { exhaustive: 'Every state', bisect: 'Bisection', adaptive: 'Adaptive' },
  }),
  startMix: gpo(z.number().min(0).max(1).default(0), {
    label: 'Share that starts at the prompt',
    symbol: 'p',
    unit: 'share of prompts',
    aliases: ['rice', 'mixed starts', 'initial state distribution'],
    what: 'Share of an iteration’s prompts that are not guided: their rollouts start at the prompt, as in the base algorithm.',
    advice: '0, or 0.5 as in RICE if the first steps are learned too slowly.',
  }),
  mode: gpo(z.enum(['reset', 'repair']).default('reset'), {
    label: 'Mode',
    aliases: ['repair', 'author code', 'replication', 'rejection sampling'],
    what: 'Repair is for replication: every failed rollout is replaced by the best continuation from its critical state, its kept prefix is trained as well, and successes stay. Its gradient is biased towards what was filtered.',
    advice: 'Reset.',
    options: { reset: 'Reset', repair: 'Repair failures (biased)' },
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
    advice:
      'On saves time. PPO with a critic never reuses them where the rule chose the state by their outcome: the critic would learn from a biased sample.',
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
