/**
 * What a `config.json` means where it leaves a key out: the defaults of each architecture's configuration class in transformers 5. Files that were
 * saved by older versions leave out what was the default then, which for these keys was the same.
 */
import type { Json } from './config-json'
import type { Defaults } from './families/features'

/** Keys where null says something: as many as heads, from the width, off, none. */
const NULL_MEANS = new Set([
  'num_key_value_heads',
  'head_dim',
  'sliding_window',
  'attn_logit_softcapping',
  'final_logit_softcapping',
])

const isTokenId = (key: string) => key.endsWith('_token_id')

/** A token beyond the vocabulary is none: the default belongs to the architecture's first model. */
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
