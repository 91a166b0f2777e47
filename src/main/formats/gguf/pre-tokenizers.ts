/**
 * How byte-level BPE cuts text into words before it merges: llama.cpp's rules by their names (`tokenizer.ggml.pre`), as lists of patterns that are
 * applied one after the other, each to the pieces that the one before left. As llama-vocab.cpp has them, where that differs from a model's own.
 */

const CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
const LETTERS = String.raw`[^\r\n\p{L}\p{N}]?\p{L}+`
const SYMBOLS = String.raw` ?[^\s\p{L}\p{N}]+[\r\n]*`
const BLANKS = String.raw`\s*[\r\n]+|\s+(?!\S)|\s+`
/** GPT-2's, which HF's ByteLevel has built in. */
const GPT2 = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
const LLAMA3 = String.raw`${CONTRACTIONS}|${LETTERS}|\p{N}{1,3}|${SYMBOLS}|${BLANKS}`
const QWEN2 = String.raw`${CONTRACTIONS}|${LETTERS}|\p{N}|${SYMBOLS}|${BLANKS}`

/** Upper case before lower case, as far as llama.cpp tells them apart: among the letters of ASCII. */
const UPPER = String.raw`(?:(?=\p{L})[^a-z])`
const LOWER = String.raw`(?:(?=\p{L})[^A-Z])`
const LEAD = String.raw`[^\r\n\p{L}\p{N}]?`
const REST = String.raw` ?[^\s\p{L}\p{N}]+[\r\n/]*|${BLANKS}`
const TEKKEN = String.raw`${LEAD}${UPPER}*${LOWER}+|${LEAD}${UPPER}+${LOWER}*|\p{N}|${REST}`
const GPT4O = String.raw`${LEAD}${UPPER}*${LOWER}+${CONTRACTIONS}?|${LEAD}${UPPER}+${LOWER}*${CONTRACTIONS}?|\p{N}{1,3}|${REST}`

/** Where its patterns ask for upper and lower case by category, llama.cpp takes every letter. */
const MARKED = String.raw`[\p{L}\p{M}]`
const MARKED_WORD = `${LEAD}${MARKED}+${CONTRACTIONS}?`

const HAN_KANA = '[一-龥぀-ゟ゠-ヿ]+'
const ASCII_WORD = String.raw`[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_${'`'}{|}~][A-Za-z]+`
const MARKED_LETTERS = String.raw`[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+`
const DEEPSEEK_3 = String.raw`${ASCII_WORD}|${MARKED_LETTERS}| ?[\p{P}\p{S}]+[\r\n]*|${BLANKS}`
/** Letters of scripts that have upper and lower case; in escapes, since some look like others. */
const CASED =
  'A-Za-z\u00b5\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u01ba\u01bc-\u01bf\u01c4-\u0293\u0295-\u02af\u0370-\u0373\u0376\u0377\u037b-\u037d\u037f\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03f5\u03f7-\u0481\u048a-\u052f\u0531-\u0556\u10a0-\u10c5\u13a0-\u13f5\u13f8-\u13fd\u1c90-\u1cba\u1cbd-\u1cbf\u1d00-\u1d2b\u1d6b-\u1d77\u1d79-\u1d9a\u1e00-\u1f15\u1f18-\u1f1d\u1f20-\u1f45\u1f48-\u1f4d\u1f50-\u1f57\u1f59\u1f5b\u1f5d\u1f5f-\u1f7d\u1f80-\u1fb4\u1fb6-\u1fbc\u1fbe\u1fc2-\u1fc4\u1fc6-\u1fcc\u1fd0-\u1fd3\u1fd6-\u1fdb\u1fe0-\u1fec\u1ff2-\u1ff4\u1ff6-\u1ffc\u2102\u2107\u210a-\u2113\u2115\u2119-\u211d\u2124\u2126\u2128\u212a-\u212d\u212f-\u2134\u2139\u213c-\u213f\u2145-\u2149\u214e\u2183\u2184\u2c00-\u2c7b\u2c7e-\u2ce4\u2ceb-\u2cee\u2cf2\u2cf3\ua640-\ua66d\ua680-\ua69b\ua722-\ua76f\ua771-\ua787\ua78b-\ua78e\uab70-\uabbf\ufb00-\ufb06\ufb13-\ufb17\uff21-\uff3a\uff41-\uff5a\u{10400}-\u{1044f}\u{104b0}-\u{104d3}\u{104d8}-\u{104fb}\u{10c80}-\u{10cb2}\u{10cc0}-\u{10cf2}\u{118a0}-\u{118df}\u{1e900}-\u{1e943}'
/** Blanks of every script are one to llama.cpp, and in no range. */
const EAST_ASIAN = String.raw`(?:(?!\s)[一-龥ࠀ-一가-퟿])+`
const SENTENCE = String.raw` ?[^(\s|.,!?…。，、।۔،)]+`

export interface PreTokenizerRule {
  readonly patterns: readonly string[]
  /** A word that is a token is that token, whatever the merges make of it. */
  readonly ignoresMerges?: boolean
  /** Where the file does not say whether a text begins with the token for the beginning. */
  readonly addsBos?: boolean
}

const named = (names: string, rule: PreTokenizerRule) => names.split(' ').map((name) => [name, rule] as const)

/** Several names of one rule: the one that is written comes first. */
export const PRE_TOKENIZERS: ReadonlyMap<string, PreTokenizerRule> = new Map([
  ...named('llama-bpe llama3 llama-v3 falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano', {
    patterns: [LLAMA3],
    ignoresMerges: true,
    addsBos: true,
  }),
  ...named('smaug-bpe dbrx glm4 chatglm-bpe', { patterns: [LLAMA3] }),
  ...named('qwen2 deepseek-r1-qwen kormo f2llmv2 stablelm2 megrez hunyuan solar-open grok-2', { patterns: [QWEN2] }),
  ...named('gpt-2 phi-2 gigachat a.x-4.0 mellum mpt olmo jais trillion granite-docling exaone4', { patterns: [GPT2] }),
  ...named('smollm starcoder refact command-r codeshell exaone minerva-7b mellum2', {
    patterns: [String.raw`\p{N}`, GPT2],
  }),
  ...named('default', { patterns: [String.raw`[\p{P}\$\+<=>\^~\|]+`, GPT2, String.raw`\p{N}+`, '[0-9][0-9][0-9]'] }),
  ...named('falcon', { patterns: [`[\\p{P}\\$\\+<=>\\^~\\|\`]+`, GPT2, '[0-9][0-9][0-9]'] }),
  ...named('tekken', { patterns: [TEKKEN], ignoresMerges: true, addsBos: true }),
  ...named('gpt-4o llama4 kanana2 talkie minimax-m2', { patterns: [GPT4O] }),
  ...named('deepseek-llm', {
    patterns: [
      '[\r\n]',
      `\\s?[${CASED}]+`,
      String.raw`\s?[!-/:-~！-／：-～‘-‟、。]+`,
      String.raw`\s+(?![\s\S])`,
      EAST_ASIAN,
      String.raw`\p{N}+`,
    ],
  }),
  ...named('deepseek-coder', {
    patterns: ['[\r\n]', String.raw`\s?\p{L}+`, String.raw`\s?\p{P}+`, EAST_ASIAN, String.raw`\p{N}`],
  }),
  ...named('deepseek-v3 hunyuan-dense joyai-llm hy_v4', {
    patterns: [String.raw`\p{N}{1,3}`, HAN_KANA, DEEPSEEK_3],
  }),
  ...named('bloom poro-chat gpt3-finnish', { patterns: [SENTENCE] }),
  ...named('viking', { patterns: [SENTENCE, String.raw`\p{N}`] }),
  ...named('chameleon', {
    patterns: [
      '<sentinel:[0-9]+>',
      '(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z',
      String.raw`([\t\n]|    |  )`,
      String.raw`\p{N}`,
      String.raw`[\p{P}!-/:-@\[-${'`'}{-~]`,
      GPT2,
    ],
    addsBos: true,
  }),
  ...named('superbpe', { patterns: [String.raw`\p{N}+`, '(?=([0-9]{3})+(?![0-9]))'] }),
  ...named('bailingmoe bailingmoe2 llada-moe', {
    patterns: [String.raw`${CONTRACTIONS}|${LETTERS}|\p{N}|${SYMBOLS}|\s*[\r\n]|\s+(?!\S)|\s+`],
  }),
  ...named('seed-coder', {
    patterns: [String.raw`${CONTRACTIONS}|${LETTERS}|\p{N}| ?[^\s\p{L}\p{N}\r\n]+|${BLANKS}`],
  }),
  ...named('qwen35', {
    patterns: [
      String.raw`${CONTRACTIONS}|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|${BLANKS}`,
    ],
  }),
  ...named('ufakzeka', { patterns: [String.raw`${LETTERS}|\p{N}|${SYMBOLS}|${BLANKS}`] }),
  ...named('minicpm5', {
    patterns: [String.raw`\p{N}{1,3}`, String.raw`${CONTRACTIONS}|${LETTERS}|\p{N}+|${SYMBOLS}|${BLANKS}`],
    ignoresMerges: true,
  }),
  ...named('youtu', {
    patterns: [
      '[가-힣ㄱ-ㆎ]+|[！…“”‘’—：；，、-〿︰-﹏]+|[ㄅ-ㄯ]+|[一-龥぀-ゟ゠-ヿ]+',
      String.raw`${MARKED_WORD}|\p{N}|${REST}`,
    ],
    ignoresMerges: true,
  }),
  ...named('spark2_5', {
    patterns: [
      String.raw`\p{N}{1,3}`,
      HAN_KANA,
      String.raw`${ASCII_WORD}|${MARKED_LETTERS}| ?[\p{P}\p{S}]+|[\r\n]|\s+(?!\S)|\s+`,
      String.raw`\p{N}`,
    ],
  }),
  ...named('laguna', { patterns: [String.raw`[^\n]+|[\n]+`, QWEN2] }),
  ...named('exaone-moe', {
    patterns: [
      String.raw`${CONTRACTIONS}|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]?|\s*[\r\n]|\s+(?!\S)|\s+`,
    ],
  }),
])

type Step = Readonly<Record<string, unknown>>

const split = (pattern: string): Step => ({
  type: 'Split',
  pattern: { Regex: pattern },
  behavior: 'Isolated',
  invert: false,
})
const BYTES: Step = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false }

/** `pre_tokenizer` of a tokenizer.json. */
export const preTokenizerJson = ({ patterns }: PreTokenizerRule): Step => ({
  type: 'Sequence',
  pretokenizers: [...patterns.map(split), BYTES],
})
