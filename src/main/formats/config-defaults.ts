/**
 * The meaning of keys missing from a `config.json`: the defaults of each architecture's configuration class in transformers 5. Older versions
 * left out their own defaults, which were the same for these keys.
 */
import type { Json } from './config-json'
import type { Defaults } from './families/features'

/** Keys for which null is a valid value: as many as heads, derived from the width, off, or none. */
const NULL_MEANS = new Set([
  'num_key_value_heads',
  'head_dim',
  'sliding_window',
  'attn_logit_softcapping',
  'final_logit_softcapping',
])

const isTokenId = (key: string) => key.endsWith('_token_id')

/** A default token id beyond the vocabulary is ignored, because it belongs to the architecture's first model. */
const isOutside = (json: Json, key: string, value: unknown) =>
  isTokenId(key) && typeof value === 'number' && value >= Number(json['vocab_size'] ?? 0)

/** The file's keys, with the defaults of those it leaves out. */
export function withDefaults(defaults: Defaults, json: Json): Json {
  const filled: Record<string, unknown> = { ...json }
  for (const [key, value] of Object.entries(defaults)) {
    const isGiven = NULL_MEANS.has(key) || isTokenId(key) ? key in json : (json[key] ?? null) !== null
    if (!isGiven && value !== null && !isOutside(json, key, value)) filled[key] = value
  }
  return filled
}
