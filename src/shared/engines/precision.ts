/** How far the log-probabilities of a sampling server may be from the trainer's. Pure. */

/** What a server computes in. */
export const ENGINE_PRECISIONS = ['float32', 'bits16', 'quantised'] as const
export type EnginePrecision = (typeof ENGINE_PRECISIONS)[number]

/**
 * Largest relative difference of a canary: mean |log p server − log p trainer| over mean −log p trainer, because errors grow with how uncertain the model
 * is of a token. Measured with transformers on the bundled model and SmolLM2 135M (docs/scale.md): float16 0.002 and 0.006, bfloat16 0.010 to 0.030; without
 * the first token 0.05 and 0.14, at temperature 0.7 0.24 and 0.2 to 0.36, with weights rounded to 4 bits 0.63 and 0.2.
 */
export const CANARY_BOUNDS: Readonly<Record<EnginePrecision, number>> = {
  float32: 0.008,
  bits16: 0.04,
  quantised: 0.18,
}

/** Mean absolute difference of log-probabilities in nats a token, beyond which a run's page warns; of real models, whose tokens are less certain. */
export const USUAL_DIFFERENCES: Readonly<Record<EnginePrecision, number>> = {
  float32: 0.01,
  bits16: 0.06,
  quantised: 0.15,
}
