/**
 * What llama.cpp knows about tokens by their text, whatever kind the file says they are of. It overrides kinds, and so which tokens are found in a
 * text as a whole.
 */
import type { Values } from './values'
import { KEY, KINDS, type Vocabulary } from './vocabulary'

/** Tokens that end a turn. */
const TURN_ENDS = [
  '<|eot_id|>', '<|im_end|>', '<|end|>', '<|return|>', '<|call|>', '<|flush|>', '<|calls|>', '<end_of_turn>', '<|endoftext|>', '<|eom_id|>', '<EOT>', '_<EOT>',
  '[EOT]', '[EOS]', '<|end_of_text|>', '<end_of_utterance>', '<eos>', '<turn|>', '<|tool_response>', '<｜end▁of▁sentence｜>', '[e~[',
] // biome-ignore format: a list of names
/** Ends a turn too, but is HTML in some vocabularies. */
const HTML_END = '</s>'

/** Tokens of tasks of filling in, which llama.cpp looks for where the file does not name their ids. */
const FILL_IN: readonly (readonly [keys: readonly string[], texts: readonly string[]])[] = [
  [
    ['fim_pre_token_id', 'prefix_token_id'],
    ['<|fim_prefix|>', '<fim-prefix>', '<fim_prefix>', '<｜fim▁begin｜>', '<PRE>', '▁<PRE>', '<|code_prefix|>', '<|prefix|>'],
  ],
  [
    ['fim_suf_token_id', 'suffix_token_id'],
    ['<|fim_suffix|>', '<fim-suffix>', '<fim_suffix>', '<｜fim▁hole｜>', '<SUF>', '▁<SUF>', '<|code_suffix|>', '<|suffix|>'],
  ],
  [
    ['fim_mid_token_id', 'middle_token_id'],
    ['<|fim_middle|>', '<fim-middle>', '<fim_middle>', '<｜fim▁end｜>', '<MID>', '▁<MID>', '<|code_middle|>', '<|middle|>'],
  ],
  [['fim_pad_token_id'], ['<|fim_pad|>', '<fim-pad>', '<fim_pad>', '<PAD>', '[PAD]']],
  [['fim_rep_token_id'], ['<|fim_repo|>', '<|repo_name|>', '<fim-repo>', '<REPO>', '<reponame>']],
  [['fim_sep_token_id'], ['<|file_sep|>']],
] // biome-ignore format: lists of names

/** Always shown: what they mark off is part of the answer. */
const CHANNELS = ['<|channel|>', '<|message|>', '<|start|>', '<|constrain|>']

/** `<|end|>` ends no turn where these are, nor does `</s>` beside `<|tool_response>`. */
const HARMONY = [
  ['<|return|>', '<|call|>'],
  ['<|call|>', '<|flush|>'],
  ['<|calls|>', '<|flush|>'],
]
const TOOL_RESPONSE = '<|tool_response>'

const endsOnlyParts = ({ ids }: Vocabulary): boolean => HARMONY.some((names) => names.every((name) => ids.has(name)))

/** The vocabulary with the kinds that llama.cpp gives its tokens. */
export function withKindsByText(values: Values, vocabulary: Vocabulary): Vocabulary {
  const { ids } = vocabulary
  const kinds = vocabulary.kinds.slice()
  const set = (texts: readonly string[], kind: number) => {
    for (const text of texts) if (ids.has(text)) kinds[ids.get(text)!] = kind
  }
  set([...TURN_ENDS, HTML_END], KINDS.control)
  for (const [keys, texts] of FILL_IN)
    if (keys.every((key) => values.number(KEY + key) === null)) set(texts, KINDS.control)
  set(CHANNELS, KINDS.userDefined)
  if (endsOnlyParts(vocabulary)) set(['<|end|>'], KINDS.userDefined)
  if (ids.has(TOOL_RESPONSE)) set([HTML_END], KINDS.normal)
  return { ...vocabulary, kinds }
}

/** Ids of tokens that end a turn by their text and by the file's own kind. */
export function turnEnds(vocabulary: Vocabulary): number[] {
  const { ids, kinds } = vocabulary
  const names = endsOnlyParts(vocabulary) ? TURN_ENDS.filter((name) => name !== '<|end|>') : TURN_ENDS
  return names.flatMap((name) => ids.get(name) ?? []).filter((id) => kinds[id] === KINDS.control)
}
