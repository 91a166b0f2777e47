/** How far the log-probabilities of a sampling server may be from the trainer's. Pure. */

/** What a server computes in. */
export const ENGINE_PRECISIONS = ['float32', 'bits16', 'quantised'] as const
export type EnginePrecision = (typeof ENGINE_PRECISIONS)[number]

/**
 * Largest mean absolute difference of a token's log-probability, in nats, over the tokens of a canary. Measured with the bundled model and a server over
 * transformers: below 0.001 in float32 on both sides; 0.2 with 4-bit weights; after one update 0.05 with an old adapter or none; 0.025 at temperature 0.7
 * or without the first token, because most tokens of so small a model are nearly certain. The last two are within what 16-bit servers differ by, so such
 * a mistake shows only where the model is less certain.
 */
export const CANARY_BOUNDS: Readonly<Record<EnginePrecision, number>> = {
  float32: 0.01,
  bits16: 0.06,
  quantised: 0.15,
}
