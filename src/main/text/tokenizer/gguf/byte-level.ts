/** GPT-2's way in a GGUF file (`gpt2`): text is cut into words, their bytes are merged by a list of pairs. */
import { GpoError } from '@shared/errors'
import { PRE_TOKENIZERS, type PreTokenizerRule, preTokenizerJson } from '../../../formats/gguf/pre-tokenizers'
import { count, damaged, shown } from '../../../formats/safetensors-header'
import type { Values } from './values'
import { KEY, type Vocabulary } from './vocabulary'

/** The largest lists have an eighth of it. */
const MAX_MERGES = 1 << 22

type Pair = readonly [left: string, right: string]

/** @throws GpoError('model') for a rule that is not known */
export function ruleOf(values: Values): PreTokenizerRule {
  const name = values.text(`${KEY}pre`) || 'default' // as llama.cpp takes files of before there were rules
  const rule = PRE_TOKENIZERS.get(name)
  if (rule) return rule
  throw new GpoError(
    'model',
    `${values.file} cuts text into words by the rule ${shown(name)} (${KEY}pre), which is not known here: use the model's Hugging Face folder`,
  )
}

/** The first blank separates; a token may itself begin with one. */
function pairOf(file: string, merge: string): Pair {
  const at = merge.indexOf(' ', 1)
  if (at > 0 && at < merge.length - 1) return [merge.slice(0, at), merge.slice(at + 1)]
  throw damaged(file, `has ${shown(merge)} among its merges, expected two tokens with a blank between them`)
}

function checkTokens(file: string, pairs: readonly Pair[], { ids }: Vocabulary): void {
  const unknown = pairs.filter(([left, right]) => !(ids.has(left) && ids.has(right) && ids.has(left + right)))
  if (unknown.length === 0) return
  const [left, right] = unknown[0]! // there is one
  throw damaged(
    file,
    `has ${count(unknown.length)} merges of tokens it does not have, the first of ${shown(left)} and ${shown(right)}`,
  )
}

/** Of a pair that comes twice the first counts. */
function mergesOf(values: Values, vocabulary: Vocabulary): readonly Pair[] {
  const list = values.texts(`${KEY}merges`)
  if (list === null) throw damaged(values.file, `has no ${KEY}merges`)
  if (list.length > MAX_MERGES)
    throw damaged(values.file, `has ${count(list.length)} merges; at most ${count(MAX_MERGES)} are read`)
  const pairs = [...new Set(list)].map((merge) => pairOf(values.file, merge))
  checkTokens(values.file, pairs, vocabulary)
  return pairs
}

/** The parts of a tokenizer.json that are of this kind. @throws GpoError('model') */
export function byteLevelJson(values: Values, vocabulary: Vocabulary): object {
  const rule = ruleOf(values)
  return {
    normalizer: null,
    pre_tokenizer: preTokenizerJson(rule),
    decoder: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: rule.ignoresMerges ?? false,
      vocab: Object.fromEntries(vocabulary.ids),
      merges: mergesOf(values, vocabulary),
    },
  }
}
