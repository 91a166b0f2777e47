/** What is optimised: one kind of objective, each with its own settings. */
import { z } from 'zod'
import { deprecated, positiveInt, settingIn } from './setting'

const objective = settingIn('Objective')

const weight = (fallback: number) => z.number().min(0).max(100).default(fallback)
const strength = (fallback: number) => z.number().gt(0).max(100).default(fallback)
const probability = z.number().min(0).max(1)
const clipRange = (max: number) => z.number().gt(0).max(max).default(0.2)

const clip = () =>
  objective(clipRange(1), {
    label: 'Clip range',
    symbol: 'ε',
    aliases: ['cliprange', 'clip_range', 'epsilon', 'clip_ratio', 'eps_clip'],
    what: 'How far a token’s probability may move in one batch before its gradient is cut off.',
    advice: '0.1 to 0.3; lower it when policy/clipfrac_avg stays above 0.3.',
  })

const epochs = (fallback: number) =>
  objective(positiveInt(100).default(fallback), {
    label: 'Passes over a batch',
    unit: 'passes',
    aliases: ['num_ppo_epochs', 'ppo_epochs', 'num_iterations', 'num_train_epochs', 'mu'],
    what: 'Training passes over each iteration’s rollouts before new ones are sampled.',
    advice: '1 to 4: sampling takes longer than passes, but late passes train on stale rollouts.',
  })

const minibatches = () =>
  objective(positiveInt(256).default(1), {
    label: 'Optimiser steps per pass',
    unit: 'optimiser steps',
    aliases: ['num_mini_batches', 'ppo_mini_batch_size', 'mini_batch_size'],
    what: 'Number of minibatches each pass is split into, one optimiser step for each.',
    advice: '1 keeps the update on-policy; 2 to 8 makes faster progress with large batches.',
  })

const referenceBeta = () =>
  objective(strength(0.1), {
    label: 'Reference strength',
    symbol: 'β',
    isSimple: true,
    aliases: ['beta', 'kl_beta', 'pref_beta'],
    what: 'How close the policy stays to the starting model: the smaller, the further it may move.',
    advice:
      '0.1 to begin with; 0.01 to 0.05 if the margins hardly grow, 0.3 to 0.5 if the chosen log-probability falls.',
  })

const ppo = z.strictObject({
  kind: z.literal('ppo'),
  kl: objective(weight(0.05), {
    label: 'KL penalty',
    symbol: 'k',
    isSimple: true,
    aliases: ['kl_coef', 'init_kl_coef', 'kl_ctl', 'beta', 'kl_loss_coef'],
    what: 'Weight of the penalty on each token’s reward for moving away from the starting model. 0 needs no reference model.',
    advice: '0.01 to 0.1. More when KL climbs while accuracy does not; less when reward does not move.',
  }),
  clip: clip(),
  valueClip: objective(clipRange(10), {
    label: 'Value clip range',
    aliases: ['cliprange_value', 'value_clip', 'vf_clip'],
    what: 'How far the value function may move from its old value in one batch.',
    advice: '0.2; more if the value loss falls too slowly.',
  }),
  valueCoefficient: objective(z.number().min(0).max(10).default(0.1), {
    label: 'Value loss weight',
    symbol: 'c₁',
    aliases: ['vf_coef', 'value_loss_coef', 'critic'],
    what: 'Weight of the value loss beside the policy loss; both share the model.',
    advice: '0.1; up to 0.5 if the value loss does not fall.',
  }),
  gamma: objective(probability.default(1), {
    label: 'Discount',
    symbol: 'γ',
    aliases: ['gamma', 'discount'],
    what: 'Factor by which a reward shrinks for each token that it comes later.',
    advice: '1 for rewards at the end of the answer: below 1, long answers are penalised.',
  }),
  lambda: objective(probability.default(1), {
    label: 'Advantage trace',
    symbol: 'λ',
    aliases: ['lam', 'gae_lambda', 'gae'],
    what: 'Generalised advantage estimation: 1 trusts the sampled reward, 0 the value function.',
    advice: '1 where the reward comes at the end: at 0.95 a reward 60 tokens away counts a twentieth.',
  }),
  baseline: objective(z.enum(['critic', 'group']).default('critic'), {
    label: 'Baseline',
    isSimple: true,
    aliases: ['critic', 'value function', 'leave one out', 'adv_estimator'],
    what: 'What a reward is compared with: a learned value function, or the other rollouts from the same state. The group needs no value function.',
    advice:
      'Group for guided runs: it fits rollouts from any state at once. A critic has to learn the values of the states first.',
    options: { critic: 'Value function', group: 'The group' },
  }),
  epochs: epochs(4),
  minibatches: minibatches(),
  whitenAdvantages: objective(z.boolean().default(true), {
    label: 'Normalise advantages',
    aliases: ['whiten_advantages', 'normalize_advantage', 'advantage normalization'],
    what: 'Brings the advantages of a batch to mean 0 and standard deviation 1.',
    advice: 'On: the learning rate then does not depend on the size of the reward.',
  }),
})

const grpo = z.strictObject({
  kind: z.literal('grpo'),
  kl: objective(weight(0), {
    label: 'KL coefficient',
    symbol: 'β',
    isSimple: true,
    aliases: ['beta', 'kl_coef', 'kl_loss_coef'],
    what: 'Weight of the divergence (k3 estimator) from the starting model. 0 needs no reference model and saves its memory.',
    advice: '0 with a verifier; 0.001 to 0.04 if KL climbs while accuracy does not.',
  }),
  clip: clip(),
  clipHigh: objective(z.number().gt(0).max(10).default(0.2), {
    label: 'Upper clip range',
    symbol: 'ε⁺',
    aliases: ['epsilon_high', 'clip_ratio_high', 'clip higher', 'dapo'],
    what: 'How far the probability of a token with a positive advantage may rise in one batch. DAPO takes more than downwards, so that unlikely tokens can become likely.',
    advice: 'The same as the clip range, or 0.28 as in DAPO if the entropy falls fast.',
  }),
  scaleRewards: objective(z.enum(['group', 'batch', 'none']).default('group'), {
    label: 'Advantages divided by',
    aliases: ['scale_rewards', 'std normalisation', 'dr grpo', 'norm_adv_by_std_in_grpo'],
    what: 'The deviation that advantages are divided by: of the group’s rewards, of all rewards of the iteration, or nothing.',
    advice: 'Group as in GRPO. Nothing, as in Dr. GRPO, does not favour very easy and very hard prompts.',
    options: { group: 'Deviation of the group', batch: 'Deviation of the batch', none: 'Nothing' },
  }),
  average: objective(z.enum(['rollout', 'token', 'constant']).default('rollout'), {
    label: 'Loss averaged over',
    aliases: ['loss_type', 'dapo', 'dr_grpo', 'loss_agg_mode', 'token-level loss'],
    what: 'Each rollout counts the same (GRPO), each token counts the same (DAPO), or the sum is divided by a constant, the longest completion times the rollouts (Dr. GRPO).',
    advice:
      'Rollout. Token if answers grow longer without getting better; constant for a gradient without length bias.',
    options: { rollout: 'Rollouts, then tokens', token: 'All tokens', constant: 'A constant' },
  }),
  epsilon: objective(z.number().gt(0).max(1).default(1e-4), {
    label: 'Group deviation floor',
    symbol: 'δ',
    aliases: ['eps', 'advantage_epsilon'],
    what: 'Added to the standard deviation of a group’s rewards, so that equal rewards do not divide by 0.',
    advice: 'Leave it; a larger one shrinks the advantages of groups that nearly agree.',
  }),
  epochs: epochs(1),
  minibatches: minibatches(),
})

const rloo = z.strictObject({
  kind: z.literal('rloo'),
  kl: objective(weight(0), {
    label: 'KL penalty',
    symbol: 'β',
    isSimple: true,
    aliases: ['beta', 'kl_coef', 'init_kl_coef'],
    what: 'Weight of the penalty on a rollout’s reward for moving away from the starting model. 0 needs no reference model.',
    advice: '0 with a verifier; 0.01 to 0.05 if KL climbs while accuracy does not.',
  }),
  clip: clip(),
  normaliseAdvantages: objective(z.boolean().default(false), {
    label: 'Normalise advantages',
    aliases: ['normalize_advantages', 'whiten'],
    what: 'Brings the advantages of an iteration to mean 0 and standard deviation 1.',
    advice: 'Off: the gradient is then unbiased.',
  }),
  epochs: epochs(1),
  minibatches: minibatches(),
})

const dpo = z.strictObject({
  kind: z.literal('dpo'),
  beta: referenceBeta(),
  epochs: epochs(1),
  minibatches: minibatches(),
})

const kto = z.strictObject({
  kind: z.literal('kto'),
  beta: referenceBeta(),
  desirableWeight: objective(weight(1), {
    label: 'Weight of correct completions',
    symbol: 'λ_D',
    isSimple: true,
    aliases: ['desirable_weight', 'kto_chosen_weight'],
    what: 'Weight of the loss of correct completions.',
    advice: 'Keep weight × number equal on both sides: raise it when correct completions are rare.',
  }),
  undesirableWeight: objective(weight(1), {
    label: 'Weight of incorrect completions',
    symbol: 'λ_U',
    isSimple: true,
    aliases: ['undesirable_weight', 'kto_rejected_weight'],
    what: 'Weight of the loss of incorrect completions.',
    advice: 'Raise it when incorrect completions are rare.',
  }),
  epochs: epochs(1),
  minibatches: minibatches(),
})

const simpo = z.strictObject({
  kind: z.literal('simpo'),
  beta: objective(strength(2.5), {
    label: 'Reward scale',
    symbol: 'β',
    isSimple: true,
    aliases: ['beta', 'simpo_beta'],
    what: 'Scale of the length-normalised log-probabilities; there is no reference model.',
    advice: '2 to 2.5; up to 10 for instruction-tuned models.',
  }),
  gammaRatio: objective(z.number().min(0).max(10).default(0.55), {
    label: 'Target margin',
    symbol: 'γ/β',
    isSimple: true,
    aliases: ['simpo_gamma', 'gamma_beta_ratio', 'gamma'],
    what: 'How much more likely the chosen answer should be than the rejected one, per token, relative to β.',
    advice: '0.3 to 0.8; more separates further, until accuracy falls.',
  }),
  epochs: epochs(1),
  minibatches: minibatches(),
})

const orpo = z.strictObject({
  kind: z.literal('orpo'),
  lambda: objective(weight(0.1), {
    label: 'Odds-ratio weight',
    symbol: 'λ',
    isSimple: true,
    aliases: ['beta', 'orpo_alpha', 'orpo_beta'],
    what: 'Weight of the odds ratio of chosen to rejected answers, added to imitating the chosen one.',
    advice: '0.1; 0.2 to 0.5 if the rejected answers stay likely.',
  }),
  epochs: epochs(1),
  minibatches: minibatches(),
})

/**
 * One optimiser step per iteration on shuffled rows; passes over the data follow from the budget. Older plans may contain `epochs`, which had no
 * effect; it is ignored.
 */
const sft = z
  .strictObject({ kind: z.literal('sft'), epochs: deprecated(positiveInt(1000)) })
  .transform(({ kind }) => ({ kind }))

/** Nothing is trained: trajectories, values and critical steps of the model as it is. */
const collect = z.strictObject({ kind: z.literal('collect') })

export const objectiveSchema = objective(
  z.discriminatedUnion('kind', [ppo, grpo, rloo, dpo, kto, simpo, orpo, sft, collect]),
  {
    label: 'Objective',
    isSimple: true,
    aliases: ['algorithm', 'trainer', 'loss_type', 'stage', 'adv_estimator', 'rlhf', 'rlvr'],
    what: 'The loss that training minimises: what is compared with what, and so what the policy is pushed towards.',
    advice:
      'GRPO, RLOO or PPO to train on rewards; DPO and its relatives to train on pairs; SFT to imitate; collect to sample, value and record without training.',
    options: {
      ppo: 'PPO',
      grpo: 'GRPO',
      rloo: 'RLOO',
      dpo: 'DPO',
      kto: 'KTO',
      simpo: 'SimPO',
      orpo: 'ORPO',
      sft: 'SFT',
      collect: 'Collect',
    },
  },
)
type ObjectiveConfig = z.infer<typeof objectiveSchema>
export type ObjectiveKind = ObjectiveConfig['kind']
export type ObjectiveOf<K extends ObjectiveKind> = Extract<ObjectiveConfig, { kind: K }>
