/** Which curves are shown together, under which words. Pure: what a run has decides what appears. */
import { isEvaluated } from '@shared/plan/evaluated'
import type { Plan } from '@shared/schemas/plan'
import { formatBytes, formatCount, formatDuration, formatNumber, formatPercent } from '../../lib/format'

export interface LineDefinition {
  readonly metric: string
  readonly label: string
}

export interface ChartDefinition {
  readonly id: string
  readonly title: string
  /** What it is, what to look for. */
  readonly hint: string
  readonly lines: readonly LineDefinition[]
  readonly format: (value: number) => string
  /** Of the axis, where the unit stands in the reading. */
  readonly formatAxis?: (value: number) => string
  /** Set by the plan, not measured: never smoothed. */
  readonly isExact?: boolean
  /** Never on a logarithmic axis. */
  readonly isLinear?: boolean
  /** Shares and rewards always show all of 0 to 1. */
  readonly yRange?: readonly [number, number]
  /** Why a run of this plan does not have it; null: it should. */
  readonly missing?: (plan: Plan) => string | null
}

export interface ChartGroup {
  readonly id: string
  readonly title: string
  readonly charts: readonly ChartDefinition[]
}

/** Not a metric of the trainer: the evaluations as a series, and the one before training. */
export const ACCURACY = 'accuracy'
export const BASE_ACCURACY = 'accuracy before training'

const UNIT = [0, 1] as const
const isPairwise = ({ objective: { kind } }: Plan) => kind === 'dpo' || kind === 'simpo' || kind === 'orpo'
const isGuided = ({ gpo, objective }: Plan) => gpo.criticalStep !== 'none' && objective.kind !== 'sft'
const nats = (value: number) => `${formatNumber(value)} nats`
const share = (value: number) => formatPercent(value, value < 0.1 && value > 0 ? 1 : 0)
const seconds = (value: number) => (value < 10 ? `${formatNumber(value, 2)} s` : formatDuration(value))

const one = (metric: string, label = metric): readonly LineDefinition[] => [{ metric, label }]

const REWARD: ChartGroup = {
  id: 'reward',
  title: 'Reward and accuracy',
  charts: [
    {
      id: 'accuracy',
      title: 'Accuracy, held out',
      hint: 'Share of the evaluation rows that are right, answered greedily. The dashed line is the model before training.',
      lines: [
        { metric: ACCURACY, label: 'now' },
        { metric: BASE_ACCURACY, label: 'before' },
      ],
      format: share,
      isLinear: true,
      missing: ({ data, evaluation }) =>
        !isEvaluated({ data })
          ? 'accuracy: the plan has no evaluation data'
          : evaluation.everyIterations === 0
            ? 'accuracy: evaluated before and after training only'
            : null,
    },
    {
      id: 'reward',
      title: 'Reward',
      hint: 'Mean verifier reward: of the rollouts from the prompt, and of everything the iteration trained on.',
      lines: [
        { metric: 'reward', label: 'from the prompt' },
        { metric: 'objective/scores', label: 'training batch' },
      ],
      format: formatNumber,
      yRange: UNIT,
      missing: ({ objective }) =>
        objective.kind === 'sft' ? 'reward: supervised fine-tuning imitates, it samples nothing' : null,
    },
    {
      id: 'spread',
      title: 'Reward spread',
      hint: 'Standard deviation of the rewards. Where all rewards of a group are equal, there is nothing to learn from it.',
      lines: [
        { metric: 'reward_std', label: 'standard deviation' },
        { metric: 'frac_reward_zero_std', label: 'groups all equal' },
      ],
      format: formatNumber,
      yRange: UNIT,
    },
    {
      id: 'pairs',
      title: 'Pairs per iteration',
      hint: 'Pairs of one right and one wrong answer found from the same state, and the rollouts that were sampled for them.',
      lines: [
        { metric: 'pairs', label: 'pairs' },
        { metric: 'pairs/attempts', label: 'rollouts sampled' },
      ],
      format: formatCount,
    },
    {
      id: 'desirable',
      title: 'Right answers in the batch',
      hint: 'KTO needs both right and wrong answers: at 0 or 1 it has nothing to compare.',
      lines: one('desirable_ratio', 'share'),
      format: share,
      yRange: UNIT,
    },
  ],
}

const PREFERENCE: ChartGroup = {
  id: 'preference',
  title: 'Preference',
  charts: [
    {
      id: 'margins',
      title: 'Implicit rewards',
      hint: 'β times how much more likely the policy makes an answer than the reference does. Chosen should stay above rejected.',
      lines: [
        { metric: 'rewards/chosen', label: 'chosen' },
        { metric: 'rewards/rejected', label: 'rejected' },
        { metric: 'rewards/margins', label: 'margin' },
      ],
      format: formatNumber,
    },
    {
      id: 'preference-accuracy',
      title: 'Pairs in the right order',
      hint: 'Share of pairs whose chosen answer has the larger implicit reward.',
      lines: one('rewards/accuracies', 'share'),
      format: share,
      yRange: UNIT,
    },
    {
      id: 'logps',
      title: 'Log-probability of answers',
      hint: 'If chosen falls together with rejected, the loss is won by making all of these answers unlikely.',
      lines: [
        { metric: 'logps/chosen', label: 'chosen' },
        { metric: 'logps/rejected', label: 'rejected' },
      ],
      format: formatNumber,
    },
    {
      id: 'orpo',
      title: 'ORPO terms',
      hint: 'The imitation loss of the chosen answer, and the log odds ratio of chosen to rejected.',
      lines: [
        { metric: 'nll_loss', label: 'imitation loss' },
        { metric: 'log_odds_ratio', label: 'log odds ratio' },
      ],
      format: formatNumber,
    },
  ],
}

const GPO: ChartGroup = {
  id: 'gpo',
  title: 'Guided Pivotal Optimization',
  charts: [
    {
      id: 'values',
      title: 'Value of the start',
      hint: 'V of the prompt, estimated by Monte Carlo, and the mean advantage of the best step: how much one step can change.',
      lines: [
        { metric: 'gpo/value_start', label: 'V(s₀)' },
        { metric: 'gpo/max_advantage', label: 'largest A' },
      ],
      format: formatNumber,
      yRange: UNIT,
      missing: (plan) => (isGuided(plan) ? null : 'values and critical steps: the plan trains without GPO'),
    },
    {
      id: 'reset-reward',
      title: 'Reward after the reset',
      hint: 'Rollouts from the prompt against rollouts from the critical state.',
      lines: [
        { metric: 'gpo/rollout_reward', label: 'from the prompt' },
        { metric: 'gpo/reset_reward', label: 'after the reset' },
      ],
      format: formatNumber,
      yRange: UNIT,
    },
    {
      id: 'position',
      title: 'Position of the critical step',
      hint: 'The line is the mean over the trajectories, behind it how often each tenth holds the critical step: 0 is the first step, 1 the last.',
      lines: one('gpo/critical_position', 'mean'),
      format: formatNumber,
      yRange: UNIT,
    },
    {
      id: 'confidence',
      title: 'Selection confidence',
      hint: 'Posterior probability that the chosen step is the one the rule asks for. Low: more Monte Carlo samples would help.',
      lines: one('gpo/selection_confidence', 'mean'),
      format: share,
      yRange: UNIT,
    },
    {
      id: 'overhead',
      title: 'Overhead of GPO',
      hint: 'Time of segmenting, estimating values, selecting and resetting, over the rest of the iteration.',
      lines: one('gpo/overhead', 'of the base time'),
      format: share,
    },
    {
      id: 'continuations',
      title: 'Tokens for values',
      hint: 'Tokens of Monte Carlo continuations per iteration.',
      lines: one('gpo/mc_tokens', 'tokens'),
      format: formatCount,
    },
  ],
}

const LOSS: ChartGroup = {
  id: 'loss',
  title: 'Loss',
  charts: [
    {
      id: 'loss',
      title: 'Loss',
      hint: 'What the optimiser minimises. Policy-gradient losses lie around 0 and say little; look at the reward.',
      lines: [
        { metric: 'loss', label: 'loss' },
        { metric: 'loss/policy_avg', label: 'policy' },
      ],
      format: formatNumber,
    },
    {
      id: 'value-loss',
      title: 'Value loss',
      hint: 'Squared error of the value head. It should fall as the head learns to foresee rewards.',
      lines: one('loss/value_avg', 'value loss'),
      format: formatNumber,
    },
    {
      id: 'gradient',
      title: 'Gradient norm',
      hint: 'Global norm before clipping. Spikes say that steps are too large.',
      lines: one('grad_norm', 'norm'),
      format: formatNumber,
    },
    {
      id: 'rate',
      title: 'Learning rate',
      hint: 'After warm-up and schedule.',
      lines: one('learning_rate', 'rate'),
      format: formatNumber,
      isExact: true,
    },
  ],
}

const KL: ChartGroup = {
  id: 'kl',
  title: 'KL and entropy',
  charts: [
    {
      id: 'kl',
      title: 'KL to the reference',
      hint: 'How far the policy is from where it began: PPO and KTO per completion, GRPO per token.',
      lines: [
        { metric: 'objective/kl', label: 'per completion' },
        { metric: 'kl', label: 'KL' },
      ],
      format: nats,
      formatAxis: formatNumber,
      missing: (plan) => klMissing(plan),
    },
    {
      id: 'entropy',
      title: 'Entropy',
      hint: 'Per token of the sampled answers. Falling towards 0: the policy stops exploring.',
      lines: one('entropy', 'per token'),
      format: nats,
      formatAxis: formatNumber,
    },
    {
      id: 'update',
      title: 'Size of updates',
      hint: 'Approximate KL between the policy before and during the update of one iteration; 0.01 to 0.02 is usual.',
      lines: one('policy/approxkl_avg', 'approximate KL'),
      format: nats,
      formatAxis: formatNumber,
    },
    {
      id: 'clipped',
      title: 'Clipped tokens',
      hint: 'Share of tokens whose probability ratio left the clip range, and of clipped values.',
      lines: [
        { metric: 'policy/clipfrac_avg', label: 'policy' },
        { metric: 'val/clipfrac_avg', label: 'values' },
      ],
      format: share,
    },
    {
      id: 'ratio',
      title: 'Probability ratio',
      hint: 'Mean ratio of new to old probability of the trained tokens; 1 is no change.',
      lines: one('val/ratio', 'mean'),
      format: (value) => formatNumber(value, 5),
      formatAxis: formatNumber,
      isLinear: true,
    },
  ],
}

function klMissing({ objective }: Plan): string | null {
  if (objective.kind === 'grpo' && objective.kl === 0) return 'KL: its coefficient is 0, so the reference is not asked'
  if (objective.kind === 'ppo' || objective.kind === 'kto' || objective.kind === 'grpo') return null
  return 'KL: this objective does not measure it'
}

const LENGTHS: ChartGroup = {
  id: 'lengths',
  title: 'Lengths',
  charts: [
    {
      id: 'length',
      title: 'Length of answers',
      hint: 'Mean tokens of the rollouts from the prompt.',
      lines: one('completions/mean_length', 'tokens'),
      format: formatNumber,
    },
    {
      id: 'unreadable',
      title: 'Answers without a verdict',
      hint: 'Truncated: no end within max new tokens. Unparseable: the verifier found no answer.',
      lines: [
        { metric: 'completions/clipped_ratio', label: 'truncated' },
        { metric: 'completions/unparseable_ratio', label: 'unparseable' },
      ],
      format: share,
    },
    {
      id: 'steps',
      title: 'Steps per trajectory',
      hint: 'Mean number of reasoning steps the segmentation found.',
      lines: one('gpo/steps_per_trajectory', 'steps'),
      format: formatNumber,
    },
    {
      id: 'learnt',
      title: 'Tokens learnt from',
      hint: 'Per iteration, without prompts and kept prefixes, each counted once.',
      lines: one('num_tokens', 'tokens'),
      format: formatCount,
    },
  ],
}

const SYSTEM: ChartGroup = {
  id: 'system',
  title: 'System',
  charts: [
    {
      id: 'rate-tokens',
      title: 'Tokens per second',
      hint: 'Tokens sampled and learnt from, over the time of the iteration.',
      lines: one('system/tokens_per_second', 'tokens/s'),
      format: formatCount,
    },
    {
      id: 'time',
      title: 'Time of an iteration',
      hint: 'Seconds in all and by phase; evaluations and checkpoints are not counted.',
      lines: [
        { metric: 'step_time', label: 'all' },
        { metric: 'time/rollouts', label: 'rollouts' },
        { metric: 'time/values', label: 'values' },
        { metric: 'time/reset', label: 'reset' },
        { metric: 'time/update', label: 'update' },
      ],
      format: seconds,
    },
    {
      id: 'memory',
      title: 'Memory of the trainer',
      hint: 'Resident memory of the process at the end of each iteration.',
      lines: one('system/rss_bytes', 'resident'),
      format: formatBytes,
    },
  ],
}

const GROUPS: readonly ChartGroup[] = [REWARD, GPO, PREFERENCE, LOSS, KL, LENGTHS, SYSTEM]

export interface ShownGroup extends ChartGroup {
  /** Sentences about what is not there. */
  readonly missing: readonly string[]
}

/** The groups with what a run has, its charts with the lines it has; what is missing says why, where there is a reason. */
export function shownGroups(plan: Plan, has: (metric: string) => boolean): ShownGroup[] {
  return GROUPS.filter(({ id }) => id !== 'preference' || isPairwise(plan) || plan.objective.kind === 'kto')
    .map((group): ShownGroup => {
      const charts = group.charts.map((chart) => ({ ...chart, lines: chart.lines.filter(({ metric }) => has(metric)) }))
      const missing = charts.filter(({ lines }) => lines.length === 0).map((chart) => chart.missing?.(plan) ?? null)
      return {
        ...group,
        charts: charts.filter(({ lines }) => lines.length > 0),
        missing: missing.filter((reason) => reason !== null),
      }
    })
    .filter(({ charts, missing }) => charts.length > 0 || missing.length > 0)
}
