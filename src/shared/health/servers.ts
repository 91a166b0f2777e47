/** Whether the servers that sample have the policy that is trained. */
import { USUAL_DIFFERENCES } from '../engines/precision'
import { type HealthFinding, type HealthInput, number, ok, percent, recent, valuesOf, warning } from './rule'

/** Share of tokens whose correction is cut off, beyond which the samples are another policy's. */
const CLIPPED = 0.03
/** Share of the batch that the weights leave. */
const EFFECTIVE = 0.7
/** Optimiser steps between the version that sampled and the policy. */
const STALE = 8

const CURES =
  'Look at the precision of the servers and their start options (processed log-probabilities, no truncation), and that no other program changes their adapters.'

export function serverRule(input: HealthInput): HealthFinding[] {
  const apart = recent(valuesOf(input, 'sampler/logp_difference'))
  if (apart === null) return []
  const clipped = recent(valuesOf(input, 'sampler/clipped')) ?? 0
  const effective = recent(valuesOf(input, 'sampler/effective')) ?? 1
  const stale = recent(valuesOf(input, 'sampler/staleness')) ?? 0
  const bound = USUAL_DIFFERENCES[input.plan.rollout.enginePrecision]
  const measured = `Their log-probabilities differ from the trainer’s by ${number(apart)} nats a token; ${percent(clipped)} of the tokens are beyond the limit of the correction, which leaves ${percent(effective)} of the batch.`
  const found: HealthFinding[] = []
  if (apart > bound)
    found.push(
      warning(
        'servers',
        'The servers sample from another policy',
        `${measured} At most ${bound} nats are usual for this precision.`,
        CURES,
      ),
    )
  else if (clipped > CLIPPED || effective < EFFECTIVE)
    found.push(warning('servers', 'The correction throws much of the batch away', measured, CURES))
  if (stale > STALE)
    found.push(
      warning(
        'staleness',
        'Rollouts are old',
        `They were sampled ${number(stale)} optimiser steps before the policy that learns from them, on average.`,
        'Fewer optimiser steps per iteration.',
      ),
    )
  return found.length > 0 ? found : [ok('servers', 'The servers sample from this policy', measured)]
}
