/** How far the log-probabilities of a sampling server may be from the trainer's. Pure. */

/** What a server computes in. */
export const ENGINE_PRECISIONS = ['float32', 'bits16', 'quantised'] as const
export type EnginePrecision = (typeof ENGINE_PRECISIONS)[number]

/**
 * Largest mean absolute difference of a token's log-probability, in nats, over the tokens of a canary. Between two programs in float32 it is about
 * 0.002 (root mean square), in bfloat16 0.03; a wrong adapter, another temperature or a missing first token give 0.1 and more.
 */
export const CANARY_BOUNDS: Readonly<Record<EnginePrecision, number>> = {
  float32: 0.01,
  bits16: 0.06,
  quantised: 0.15,
}
