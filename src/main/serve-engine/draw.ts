/** A token from given logits, where the sampler of llama.cpp would only tell what is left of a distribution after it was cut or sharpened. */
import { hashOf } from '@main/engines/routing'

export interface DrawOptions {
  /** Above 0. */
  readonly temperature: number
  /** 0 = off. */
  readonly topK: number
  /** 1 = off. */
  readonly topP: number
}

export interface Drawn {
  readonly token: number
  /** Over the whole vocabulary, at temperature 1. */
  readonly logprob: number
}

/** 32 bits for one position of one continuation, so that an answer does not depend on what is sampled beside it. */
export const seedAt = (seed: number, position: number): number => hashOf([seed, position])

/** As few of the most probable as have a share of topP. */
function nucleus(weights: readonly number[], topP: number): number {
  if (topP >= 1) return weights.length
  const whole = weights.reduce((sum, weight) => sum + weight, 0)
  let sum = 0
  const last = weights.findIndex((weight) => {
    sum += weight
    return sum >= topP * whole
  })
  return last < 0 ? weights.length : last + 1
}

/**
 * In the order of llama.cpp's samplers: topK, topP, temperature.
 * @param logits the most probable first
 * @param seed 32 bits
 */
export function draw(
  logits: ReadonlyMap<number, number>,
  { temperature, topK, topP }: DrawOptions,
  seed: number,
): Drawn {
  const tokens = [...logits.keys()]
  const largest = logits.get(tokens[0]!)! // no vocabulary is empty
  let whole = 0
  for (const logit of logits.values()) whole += Math.exp(logit - largest)
  const first = tokens.slice(0, topK === 0 ? tokens.length : topK)
  const distance = first.map((token) => logits.get(token)! - largest)
  const kept = nucleus(
    distance.map((one) => Math.exp(one)),
    topP,
  )
  const weights = distance.slice(0, kept).map((one) => Math.exp(one / temperature))
  let left = (seed / 2 ** 32) * weights.reduce((sum, weight) => sum + weight, 0)
  const found = weights.findIndex((weight) => {
    left -= weight
    return left < 0
  })
  const at = found < 0 ? weights.length - 1 : found
  return { token: first[at]!, logprob: distance[at]! - Math.log(whole) }
}
