/** Rules about what there is to learn from: rewards, pairs, answers, log-probabilities. */
import { isGuided } from '../method/guided'
import { isPairwise } from '../method/offline'
import type { EvaluationRecord } from '../schemas/events'
import { accuracyChange } from '../statistics/accuracy-change'
import {
  change,
  type HealthFinding,
  type HealthInput,
  number,
  ok,
  open,
  percent,
  recent,
  valuesOf,
  warning,
} from './rule'

const samples = (input: HealthInput) => input.plan.objective.kind !== 'sft'

/** Probability of a fall from which on it is worth a warning, although the rows do not show it for sure. */
const LIKELY = 0.9

const points = (share: number) => {
  const value = 100 * Math.abs(share)
  const text = value.toFixed(value < 9.95 ? 1 : 0)
  return `${share < 0 ? '−' : ''}${text} ${text === '1.0' ? 'point' : 'points'}`
}

/** Held-out accuracy beside that before training; the sentence follows the interval of the difference. */
export function accuracyRule({ evaluations }: HealthInput): HealthFinding[] {
  const base = evaluations.find(({ iteration }) => iteration === 0)
  const last = evaluations.at(-1)
  if (!base || !last || last === base) return []
  const difference = accuracyChange(base, last)
  if (!difference) return []
  const { value, low, high, fell, rowsToTell } = difference
  const rows = base.n === last.n ? `${base.n} held-out rows` : `${base.n} and ${last.n} held-out rows`
  const told =
    `${percent(base.accuracy)} before training, ${percent(last.accuracy)} after iteration ${last.iteration}, of ${rows}: ` +
    `${points(value)}, 90 % interval ${points(low)} to ${points(high)}.`
  const size = `${points(value)}, ±${(50 * (high - low)).toFixed(high - low < 0.2 ? 1 : 0)}`
  const enough = rowsToTell === null ? '' : ` About ${rounded(rowsToTell)} rows would tell a difference of this size.`
  const cure = 'Stop here, use the best checkpoint, and try a lower learning rate.'
  if (high < 0) return [warning('accuracy', `Held-out accuracy has fallen (${size})`, told, cure)]
  if (low > 0) return [ok('accuracy', `Held-out accuracy has risen (${size})`, told)]
  if (fell >= LIKELY)
    return [warning('accuracy', `Held-out accuracy has probably fallen (${size})`, `${told}${enough}`, cure)]
  return [open('accuracy', `Held-out accuracy has not measurably changed (${size})`, `${told}${enough}`)]
}

/** Two digits. */
const rounded = (count: number) => Number(count.toPrecision(2)).toLocaleString('en-US')

const MOSTLY_EQUAL = 0.8

/** Whether rewards differ: equal ones give no signal. */
export function rewardRule(input: HealthInput): HealthFinding[] {
  if (!samples(input)) return []
  const reward = recent(valuesOf(input, 'reward'))
  const equal = recent(valuesOf(input, 'frac_reward_zero_std'))
  const spread = recent(valuesOf(input, 'reward_std'))
  const cure =
    (reward ?? 0) > 0.5
      ? 'Harder prompts, or stop: the task is solved.'
      : 'Easier prompts, more rollouts per prompt, or a higher rollout temperature.'
  if (equal !== null) {
    const told = `${percent(equal)} of groups all equal`
    const why = 'A group whose rollouts get the same reward has no advantage: it costs time and teaches nothing.'
    return equal > MOSTLY_EQUAL ? [warning('rewards', told, why, cure)] : [ok('rewards', told, why)]
  }
  if (spread === null || reward === null) return []
  if (spread === 0)
    return [
      warning(
        'rewards',
        'All rewards are equal',
        `Every rollout got ${number(reward)}: nothing distinguishes good from bad.`,
        cure,
      ),
    ]
  return [ok('rewards', 'Rewards differ', `Mean ${number(reward)}, standard deviation ${number(spread)}.`)]
}

const FEW_PAIRS = 0.5
const VANISHING = 1e-7
const MOSTLY_DEAD = 0.5

/** Whether the optimiser has a signal: pairs, both labels, gradients, differing steps. */
export function signalRule(input: HealthInput): HealthFinding[] {
  const { budget } = input.plan
  const findings: HealthFinding[] = []
  const pairs = recent(valuesOf(input, 'pairs'))
  const wanted = budget.promptsPerIteration * budget.trainedPerPrompt
  const isSampled = valuesOf(input, 'completions/mean_length').length > 0 // the data's own pairs are as many as its rows
  if (isSampled && pairs !== null && pairs < FEW_PAIRS * wanted)
    findings.push(
      warning(
        'pairs',
        `${number(pairs)} of ${wanted} pairs per iteration`,
        'From most states the policy gives only right or only wrong answers, and a pair needs one of each.',
        'More attempts per pair, a higher rollout temperature, or prompts of another difficulty.',
      ),
    )
  const desirable = recent(valuesOf(input, 'desirable_ratio'))
  if (desirable !== null && (desirable === 0 || desirable === 1))
    findings.push(
      warning(
        'labels',
        `Every rollout is ${desirable === 1 ? 'right' : 'wrong'}`,
        'KTO compares right answers with wrong ones and has only one kind.',
        desirable === 1 ? 'Harder prompts.' : 'Easier prompts, or a model that already solves some.',
      ),
    )
  const gradient = recent(valuesOf(input, 'grad_norm'))
  if (gradient !== null && gradient < VANISHING)
    findings.push(
      warning(
        'gradient',
        'No gradient',
        `The gradient norm is ${number(gradient)}: the parameters stay as they are.`,
        'Look at the rewards: if they are all equal, change the prompts or the verifier.',
      ),
    )
  const advantage = recent(valuesOf(input, 'gpo/max_advantage'))
  if (advantage === 0 && isGuided(input.plan))
    findings.push(
      warning(
        'advantage',
        'No step is critical',
        'The largest advantage of every trajectory is 0: all its states have the same value, so each reset goes to the first step.',
        'More Monte Carlo samples, another segmentation, or prompts of another difficulty.',
      ),
    )
  const dead = recent(valuesOf(input, 'gpo/dead_share'))
  if (dead !== null && dead > MOSTLY_DEAD && isGuided(input.plan))
    findings.push(
      warning(
        'dead',
        `${percent(dead)} of resets go to states where nothing succeeds`,
        'All rollouts from there are wrong, so that they cannot be told apart: they cost time and teach nothing.',
        input.plan.gpo.criticalStep === 'undecided'
          ? 'More Monte Carlo samples, easier prompts, or longer completions if many are cut off.'
          : 'The critical step “most undecided”, which looks for states with both outcomes.',
      ),
    )
  return findings
}

const MANY = 0.2

const shareOf = (evaluation: EvaluationRecord | undefined, status: 'truncated' | 'unparseable') =>
  evaluation && evaluation.n > 0 ? evaluation.statuses[status] / evaluation.n : null

/** Answers that were cut off, or that the verifier cannot read. */
export function answerRule(input: HealthInput): HealthFinding[] {
  const last = input.evaluations.at(-1)
  const truncated = recent(valuesOf(input, 'completions/clipped_ratio')) ?? shareOf(last, 'truncated')
  const unparseable = recent(valuesOf(input, 'completions/unparseable_ratio')) ?? shareOf(last, 'unparseable')
  if (truncated === null || unparseable === null) return []
  const findings: HealthFinding[] = []
  const { maxNewTokens } = input.plan.rollout
  if (truncated > MANY)
    findings.push(
      warning(
        'truncated',
        `${percent(truncated)} of answers truncated`,
        `They reach ${maxNewTokens} tokens without ending, and count as wrong.`,
        `Raise max new tokens above ${maxNewTokens}; if the policy has begun to ramble, lower the learning rate.`,
      ),
    )
  if (unparseable > MANY)
    findings.push(
      warning(
        'unparseable',
        `${percent(unparseable)} of answers unparseable`,
        `The verifier (${input.plan.verifier.kind}) finds no answer in them: the reward then measures format, not reasoning.`,
        'Another verifier or answer marker, a prompt that shows the format, or supervised fine-tuning first.',
      ),
    )
  if (findings.length > 0) return findings
  const told = `${percent(truncated)} truncated, ${percent(unparseable)} unparseable`
  return [ok('answers', 'Answers can be read', `${told}.`)]
}

/** How far the chosen log-probability must fall to be reported: at least this many nats and this share of its start. */
const FALL = 0.5
const FALL_SHARE = 0.1
/** With fewer points a fall may be chance: each iteration has other pairs. */
const ENOUGH = 10

/** Preference losses can win by pushing the rejected answers down faster than the chosen ones. */
export function chosenRule(input: HealthInput): HealthFinding[] {
  if (!isPairwise(input.plan.objective.kind)) return []
  const values = valuesOf(input, 'logps/chosen')
  const logp = change(values)
  if (!logp || values.length < ENOUGH) return []
  const { start, now } = logp
  const told = `The log-probability of chosen answers went from ${number(start)} to ${number(now)}.`
  const margins = change(valuesOf(input, 'rewards/margins'))
  if (start - now <= Math.max(FALL, FALL_SHARE * Math.abs(start)))
    return [ok('chosen', 'Chosen answers keep their probability', told)]
  const grows = margins && margins.now > margins.start ? ' while the margin grows' : ''
  return [
    warning(
      'chosen',
      'Chosen answers become less likely',
      `${told} It falls${grows}: the loss falls by making rejected answers unlikely, and good ones become unlikely with them.`,
      'A larger β, a lower learning rate, or ORPO, whose loss also imitates the chosen answer.',
    ),
  ]
}
