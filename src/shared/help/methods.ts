/** Each objective with its formula, as this program computes it (docs/papers.md has the differences from other tools). */
import type { ObjectiveKind } from '../schemas/plan'

export interface Method {
  readonly name: string
  /** What it does, in a sentence. */
  readonly what: string
  /** TeX. */
  readonly formula: string
  /** What the letters mean. */
  readonly where: string
  readonly use: string
  readonly source: string
}

export const METHODS: Readonly<Record<ObjectiveKind, Method>> = {
  ppo: {
    name: 'PPO, proximal policy optimisation',
    what: 'Makes tokens that led to more reward than expected more likely, and no more than a little at a time.',
    formula:
      'L = -\\frac{1}{T}\\sum_t \\min\\!\\big(\\rho_t A_t,\\; \\mathrm{clip}(\\rho_t, 1-\\varepsilon, 1+\\varepsilon)\\, A_t\\big), \\qquad \\rho_t = \\frac{\\pi(a_t \\mid s_t)}{\\pi_{old}(a_t \\mid s_t)}',
    where:
      '$A_t$ is the reward minus what a value function, or the other rollouts of the group, let expect; a KL penalty to the reference is part of the reward.',
    use: 'With a verifier, when an iteration’s rollouts are to be used for several passes.',
    source: 'Schulman et al. 2017, arXiv 1707.06347',
  },
  grpo: {
    name: 'GRPO, group-relative policy optimisation',
    what: 'Compares each answer with the others to the same prompt; needs no value function.',
    formula: 'A_j = \\frac{r_j - \\mathrm{mean}(r_1 \\dots r_G)}{\\mathrm{std}(r_1 \\dots r_G)}',
    where:
      '$r_j$ is the reward of rollout $j$ of a group of $G$. The loss is PPO’s, with the same $A_j$ for all tokens of an answer.',
    use: 'With a verifier: the usual choice for reasoning. Groups that all agree teach nothing.',
    source: 'Shao et al. 2024, arXiv 2402.03300',
  },
  rloo: {
    name: 'RLOO, REINFORCE leave-one-out',
    what: 'Compares each answer with the mean of the other answers: the plainest unbiased gradient.',
    formula: 'A_j = r_j - \\frac{1}{G-1}\\sum_{k \\neq j} r_k',
    where: '$r_j$ is the reward of rollout $j$ of a group of $G$.',
    use: 'With a verifier, when one pass over each iteration’s rollouts is enough.',
    source: 'Ahmadian et al. 2024, arXiv 2402.14740',
  },
  dpo: {
    name: 'DPO, direct preference optimisation',
    what: 'Makes the right answer of a pair more likely than the wrong one, compared with the reference model.',
    formula:
      'L = -\\log \\sigma\\big(\\beta\\,(\\Delta_{chosen} - \\Delta_{rejected})\\big), \\qquad \\Delta = \\log \\pi(y \\mid x) - \\log \\pi_{ref}(y \\mid x)',
    where: '$\\beta$ says how strictly the model stays near the reference.',
    use: 'With pairs, from the data or sampled: one right and one wrong answer from the same state.',
    source: 'Rafailov et al. 2023, arXiv 2305.18290',
  },
  kto: {
    name: 'KTO, Kahneman-Tversky optimisation',
    what: 'Learns from single answers, right or wrong, which need not be paired.',
    formula:
      'L_{right} = \\lambda_D\\big(1 - \\sigma(\\beta(\\Delta - z))\\big), \\qquad L_{wrong} = \\lambda_U\\big(1 - \\sigma(\\beta(z - \\Delta))\\big)',
    where: '$\\Delta$ as for DPO; $z$ is the mean of $\\Delta$ over mismatched prompts and answers, at least 0.',
    use: 'With labels, when right and wrong answers are of different prompts.',
    source: 'Ethayarajh et al. 2024, arXiv 2402.01306',
  },
  simpo: {
    name: 'SimPO, simple preference optimisation',
    what: 'Prefers the right answer of a pair by a margin per token; needs no reference model.',
    formula:
      'L = -\\log \\sigma\\Big(\\frac{\\beta}{|y_c|}\\log \\pi(y_c \\mid x) - \\frac{\\beta}{|y_r|}\\log \\pi(y_r \\mid x) - \\gamma\\Big)',
    where: '$y_c$ and $y_r$ are the chosen and the rejected answer, $\\gamma$ the margin.',
    use: 'With pairs, when memory is short.',
    source: 'Meng et al. 2024, arXiv 2405.14734',
  },
  orpo: {
    name: 'ORPO, odds-ratio preference optimisation',
    what: 'Imitates the right answer and raises its odds over those of the wrong one, in one loss.',
    formula:
      'L = -\\overline{\\log \\pi}(y_c) - \\lambda \\log \\sigma\\big(\\mathrm{lo}(y_c) - \\mathrm{lo}(y_r)\\big), \\qquad \\mathrm{lo} = \\log\\frac{p}{1-p},\\; p = e^{\\overline{\\log \\pi}}',
    where: '$\\overline{\\log \\pi}$ is the mean log-probability of a token of the answer.',
    use: 'With pairs, for a model that has not been fine-tuned to the task before.',
    source: 'Hong et al. 2024, arXiv 2403.07691',
  },
  sft: {
    name: 'SFT, supervised fine-tuning',
    what: 'Imitates given completions, token by token; samples nothing.',
    formula: 'L = -\\frac{1}{T}\\sum_t \\log \\pi(a_t \\mid s_t)',
    where: 'The sum goes over the tokens of the completion, not of the prompt.',
    use: 'With completions to imitate: to teach a form of answer before learning from rewards.',
    source: 'cross-entropy',
  },
  collect: {
    name: 'Collect, without training',
    what: 'Samples answers, values their states and finds critical steps, and trains nothing.',
    formula: '\\hat V(s_i) = \\frac{1}{N}\\sum_{j=1}^{N} r_j',
    where: '$r_j$ is the reward of the $j$-th of $N$ continuations from the state $s_i$ between two steps.',
    use: 'To look at a model before training it, or to collect values and pairs for another trainer.',
    source: 'Monte Carlo values, arXiv 2509.16456',
  },
}

/** The method of this program, over any of the objectives. */
export const GUIDANCE: Omit<Method, 'use'> = {
  name: 'GPO, guided pivotal optimization',
  what: 'Finds in a trajectory the state from which new rollouts teach most, and lets the objective learn from rollouts that begin there.',
  formula:
    'V(s_i) = \\frac1N\\sum_{n=1}^N r(\\text{continuation } n \\text{ of } s_i), \\qquad m = \\arg\\max_i V(s_i)\\,(1 - V(s_i))',
  where:
    '$s_i$ is the state before step $i$, $r$ the verifier’s reward, $m$ the critical step. The paper’s rule takes the largest advantage $V(s_{i+1}) - V(s_i)$.',
  source: 'Yu, Cheng, Wu, Xing 2025, arXiv 2509.16456',
}
