import type { ChartWords } from './metric'

/** Charts that show more than one metric. */
export const SHARED_CHARTS = {
  reward: {
    group: 'reward',
    title: 'Reward',
    hint: 'Mean verifier reward: of the rollouts from the prompt, and of everything the iteration trained on.',
  },
  spread: {
    group: 'reward',
    title: 'Reward spread',
    hint: 'Standard deviation of the rewards. A group whose rewards are all equal gives no signal.',
  },
  pairs: {
    group: 'reward',
    title: 'Pairs per iteration',
    hint: 'Pairs of one right and one wrong answer found from the same state, and the rollouts that were sampled for them.',
  },
  values: {
    group: 'gpo',
    title: 'Value of the prompt',
    hint: 'V of the prompt, estimated by Monte Carlo, and the mean advantage of the best step: how much one step can change.',
  },
  'reset-reward': {
    group: 'gpo',
    title: 'Reward after the reset',
    hint: 'Rollouts from the prompt against rollouts from the critical state.',
  },
  contrast: {
    group: 'gpo',
    title: 'Outcomes after the reset',
    hint: 'Share of the resets whose rollouts end differently, which teach, and share of those where none succeeds: dead states, which do not.',
  },
  tokens: {
    group: 'system',
    title: 'Tokens of an iteration',
    hint: 'Tokens sampled, for values too, and tokens trained on. The same accuracy for fewer of them is better.',
  },
  margins: {
    group: 'preference',
    title: 'Implicit rewards',
    hint: 'β times how much more likely the policy makes an answer than the reference does. Chosen should stay above rejected.',
  },
  logps: {
    group: 'preference',
    title: 'Log-probability of answers',
    hint: 'If chosen falls together with rejected, the loss falls by making both unlikely.',
  },
  orpo: {
    group: 'preference',
    title: 'ORPO terms',
    hint: 'The imitation loss of the chosen answer, and the log odds ratio of chosen to rejected.',
  },
  loss: {
    group: 'loss',
    title: 'Loss',
    hint: 'What the optimiser minimises. Policy-gradient losses lie around 0 and say little; look at the reward.',
  },
  kl: {
    group: 'kl',
    title: 'KL to the reference',
    hint: 'How far the policy is from its reference: PPO and KTO per completion, GRPO per token.',
  },
  clipped: {
    group: 'kl',
    title: 'Clipped tokens',
    hint: 'Share of tokens whose probability ratio left the clip range, and of clipped values.',
  },
  'sampler-difference': {
    group: 'servers',
    title: 'Difference to the trainer',
    hint: 'Absolute difference of the servers’ log-probabilities from the trainer’s, a token: about 0.002 between programs in 32 bits, 0.03 in 16 bits.',
  },
  unreadable: {
    group: 'lengths',
    title: 'Answers without a verdict',
    hint: 'Truncated: not finished within the longest completion. Unparseable: the verifier found no answer.',
  },
  time: {
    group: 'system',
    title: 'Time of an iteration',
    hint: 'Seconds in all and by phase; evaluations and checkpoints are not counted.',
  },
} as const satisfies Readonly<Record<string, ChartWords>>
export type SharedChart = keyof typeof SHARED_CHARTS
