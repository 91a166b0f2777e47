/**
 * The tokenizer of the tiny model, in Hugging Face's file formats: all 256 bytes, so any text round-trips; one token for each word of
 * the bundled tasks; digits and operators always alone. It writes no files.
 */
import { OBJECTS, PEOPLE } from '../tasks/shuffled-objects.ts'
import { byteCharacters, learnMerges } from './byte-bpe.ts'

/** Ids 0, 1, 2; byte b has id 3 + b; merged tokens follow. Beginning-of-sequence exists but is never added automatically. */
const SPECIALS = ['<|pad|>', '<|bos|>', '<|eos|>'] as const
const [PAD, BOS, EOS] = SPECIALS
const LONGEST_SEQUENCE = 256

/** As in prompts and solutions: people at the beginning of an entry, objects after a space, boolean words in both places. */
const WORDS = [
  ...PEOPLE,
  ...OBJECTS.map((object) => ` ${object}`),
  ...['true', 'false', 'not'].flatMap((word) => [word, ` ${word}`]),
  ...[' and', ' or', ' (', '####'],
]

/** File name to content, to be written as JSON. */
export function tinyTokenizerFiles(): Record<string, object> {
  return {
    'tokenizer.json': tokenizer(),
    'tokenizer_config.json': tokenizerConfig(),
    'special_tokens_map.json': { bos_token: BOS, eos_token: EOS, pad_token: PAD },
    'generation_config.json': {
      bos_token_id: SPECIALS.indexOf(BOS),
      eos_token_id: SPECIALS.indexOf(EOS),
      pad_token_id: SPECIALS.indexOf(PAD),
      do_sample: true,
      temperature: 1,
    },
  }
}

function tokenizer(): object {
  const merges = learnMerges(WORDS)
  const tokens = [...SPECIALS, ...byteCharacters(), ...merges.map((pair) => pair.join(''))]
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIALS.map((content, id) => ({ id, ...addedToken(content) })),
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges,
    },
  }
}

function tokenizerConfig(): object {
  return {
    tokenizer_class: 'PreTrainedTokenizerFast',
    added_tokens_decoder: Object.fromEntries(SPECIALS.map((content, id) => [id, addedToken(content)])),
    bos_token: BOS,
    eos_token: EOS,
    pad_token: PAD,
    unk_token: null,
    add_bos_token: false,
    add_eos_token: false,
    clean_up_tokenization_spaces: false,
    model_max_length: LONGEST_SEQUENCE,
  }
}

function addedToken(content: string): object {
  return { content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }
}
