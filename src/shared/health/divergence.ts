/** Rules for policies that diverge: entropy, distance to the reference, spikes. */
import { change, type HealthFinding, type HealthInput, median, number, ok, recent, valuesOf, warning } from './rule'

/** As a share of the entropy at the beginning. */
const COLLAPSED = 0.1
const RANDOM = 10
/** Entropy in nats per token: below the first, a policy is deterministic; above the second, its answers are noise. */
const DETERMINISTIC = 1e-3
const NOISE = 1

export function entropyRule(input: HealthInput): HealthFinding[] {
  const entropy = change(valuesOf(input, 'entropy'))
  if (!entropy) return []
  const { start, now } = entropy
  const moved = `Entropy went from ${number(start)} to ${number(now)} nats per token.`
  if (now < Math.max(DETERMINISTIC, COLLAPSED * start))
    return [
      warning(
        'entropy',
        'Entropy has collapsed',
        `${moved} The policy gives nearly the same answer every time, so it finds nothing new to learn from.`,
        'A lower learning rate, fewer epochs per batch, a larger KL coefficient, or a higher rollout temperature.',
      ),
    ]
  if (now > NOISE && now > RANDOM * start)
    return [
      warning(
        'entropy',
        'Answers have become random',
        `${moved} The policy no longer prefers any token: an update was too large.`,
        'A learning rate ten times lower, then start again from an earlier checkpoint or the base model.',
      ),
    ]
  return [ok('entropy', `Entropy ${number(now)} nats per token`, `${moved} Sampling still explores.`)]
}

/** Nats per token between policy and reference. */
const FAR = 0.5
/** Of one update: half the mean squared log-ratio; 0.01 to 0.02 is usual. */
const LARGE_UPDATE = 0.1

/** KL to the reference in nats per token, where the run measures it. */
function klPerToken(input: HealthInput): number | null {
  const { kind } = input.plan.objective
  const length = recent(valuesOf(input, 'completions/mean_length'))
  const perCompletion = recent(valuesOf(input, kind === 'kto' ? 'kl' : 'objective/kl'))
  if (kind === 'grpo') return recent(valuesOf(input, 'kl'))
  return perCompletion === null || !length ? null : perCompletion / length
}

export function divergenceRule(input: HealthInput): HealthFinding[] {
  const kl = klPerToken(input)
  const update = recent(valuesOf(input, 'policy/approxkl_avg'))
  const findings: HealthFinding[] = []
  if (kl !== null && kl > FAR)
    findings.push(
      warning(
        'kl',
        'The policy is far from its reference',
        `KL to the reference is ${number(kl)} nats per token. At that distance, rewards often rise because the text breaks down, not because answers get better.`,
        'A larger KL coefficient or a lower learning rate; read the newest trajectories.',
      ),
    )
  else if (kl !== null)
    findings.push(
      ok('kl', `KL ${number(kl)} nats per token`, `Below ${FAR} nats per token the policy stays near its reference.`),
    )
  if (update !== null && update > LARGE_UPDATE)
    findings.push(
      warning(
        'update',
        'Single updates change the policy a lot',
        `Within one iteration the policy moves by ${number(update)} (approximate KL); 0.01 to 0.02 is usual. Clipping then throws most of the batch away.`,
        'A lower learning rate, fewer epochs, or more prompts per iteration.',
      ),
    )
  return findings
}

/** Number of newest points searched for a spike, and how many times the median of the others it must be. */
const LOOK_BACK = 20
const SPIKE = 10
/** A norm this many times the limit is almost entirely clipped away. */
const HOPELESS = 20

/** The largest of the newest points, if it stands out from the others. */
function spikeOf(values: readonly number[]): { readonly spike: number; readonly usual: number } | null {
  if (values.length < 5) return null
  const usual = median(values)
  const spike = Math.max(...values.slice(-LOOK_BACK))
  return usual > 0 && spike > SPIKE * usual ? { spike, usual } : null
}

export function spikeRule(input: HealthInput): HealthFinding[] {
  const norms = valuesOf(input, 'grad_norm')
  if (norms.length === 0) return []
  const { maxGradNorm } = input.plan.optimiser
  const usual = median(norms)
  const cure = 'A lower learning rate, a warm-up, or more prompts per iteration.'
  if (maxGradNorm > 0 && usual > HOPELESS * maxGradNorm)
    return [
      warning(
        'spike',
        'Gradients are far above the clipping limit',
        `The usual gradient norm is ${number(usual)}, clipped to ${number(maxGradNorm)}: every step keeps only the gradient’s direction.`,
        cure,
      ),
    ]
  const gradient = spikeOf(norms)
  // Losses of policy gradients lie around 0, where "ten times as much" says nothing.
  const losses = valuesOf(input, 'loss')
  const loss = losses.every((value) => value > 0) ? spikeOf(losses) : null
  const found = gradient ?? loss
  if (found) {
    const what = gradient ? 'gradient norm' : 'loss'
    const why = `Of the newest ${LOOK_BACK} points, one ${what} is ${number(found.spike)}; ${number(found.usual)} is usual.`
    return [
      warning('spike', `A spike of the ${what}`, `${why} One is harmless; many mean that steps are too large.`, cure),
    ]
  }
  return [ok('spike', 'No spikes', `The usual gradient norm is ${number(usual)}.`)]
}
