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
const CASED =
  'A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝὟ-ώᾀ-ᾴᾶ-ᾼιῂ-ῄῆ-ῌῐ-ΐῖ-Ίῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤΩℨK-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃'
const EAST_ASIAN = '[一-龥ࠀ-一가-퟿]+'
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
      String.raw`\s?[!-/:-~！-／：-～‘-‟　-。]+`,
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
  ...named('tiny_aya cohere2moe', {
    patterns: ['[0-9]{1,3}(?=(?:[0-9]{3})*(?![0-9A-Za-z_]))', String.raw`${MARKED_WORD}|\p{N}{1,3}|${REST}`],
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
