/** Texts on which tokenizers are compared: always the same ones. */
import { uniform } from '@engine/core/rng'

const WRITTEN = [
  'The quick brown fox jumps over the lazy dog.',
  "I'll say it's John's; they'd've known, WE'RE sure, don't you? 'S 'T 'RE ’s 's 't 'll o'Reilly",
  'Größe, naïve café, São Paulo, Łódź, čeština, İstanbul, ﬁne ﬂow, ſeltſam',
  'Привет, мир! ПриветМир Ελληνικά, עברית, العربية، فارسی, हिन्दी, বাংলা, தமிழ், ไทย, አማርኛ',
  '你好，世界。今天天气很好！日本語のテキスト、カタカナ。한국어 문장입니다. 「引用」・〜',
  '🙂👍🏽👩‍👩‍👧‍👦🇩🇪 ✈️ \u200d\u200b zero\u00adwidth',
  '\\frac{1}{2} + \\sqrt{x^2 + y^2} = \\sum_{i=0}^{n} a_i, \\boxed{42}',
  '∀ε>0 ∃δ>0: |x−a|<δ ⇒ |f(x)−f(a)|<ε; ∫₀^∞ e^{−x²} dx = √π/2',
  '3.14159 1,234,567.89 0x1F 1e-10 12345678901234567890 1 12 123 1234 ½ ² ٣ ٣٤٥٦ ५६७८ Ⅷ 一二三',
  'def f(x):\n    return [i**2 for i in range(x) if i % 2 == 0]\n\n\nprint(f(10))\t# comment\r\n',
  '{"key": [1, 2.5, null, true], "nested": {"a\\"b": "c\\\\d"}}',
  '#include <stdio.h>\nint main(void) {\n\tprintf("%d\\n", 42);\n\treturn 0;\n}\n',
  'SELECT a.id, COUNT(*) FROM t AS a WHERE a.x >= 10 GROUP BY 1; -- <b>bold</b> <td></td>',
  '   leading and   multiple    spaces and trailing   ',
  '\n\n\n\ttabs\t\tand\r\nwindows\r\n\r\nlines\n',
  ' ', '  ', '   ', '\n', '\n\n', '\t', '\r', '\r\n', ' \n', '\n ', '\t \t \n \n', '.\n\n', ' .', ' \u3000', '\u0085', 'a\u0085b', '\ufeff', '',
  'no\u00a0break\u2003em\u3000ideographic\u2028line\u2029paragraph\u0085next\u180e\u1680spaces',
  'A'.repeat(300), 'ab'.repeat(200), '='.repeat(100), '-'.repeat(77), ' '.repeat(64), ' '.repeat(100), '\n'.repeat(40), '\t'.repeat(40), '0'.repeat(50), '한'.repeat(30),
  '!!!???...---===***///\\\\\\###@@@$$$%%%^^^&&& <=> |~| `tick` +1 -1 ~~',
  'https://example.org/path?query=1&other=%20#fragment user@mail.test',
  'camelCaseWords snake_case_words kebab-case-words SCREAMING_CASE HTMLParser iPhoneX McDonald',
  'e\u0301 versus é, ﷺ, ᾳ, ǆ, K (kelvin), Å (ångström) a\u0308\u0323o\u0302',
  '<s> </s> <unk> <pad> [INST] [/INST] <|not_special|> <think>',
  '<|endoftext|><|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n',
  '<bos><start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\n<eos>',
  'a<|im_end|>b <|im_end|> c', '<|im_end|>  two', 'x</s>y </s> z', ' <s> a', '<|begin_of_text|>x<|eot_id|> y', '<|im_start', '<|im_<|im_end|>', '<unused0><unused99> <mask>',
  '<0x0A><0xFF> <0x41>', '▁already▁marked ▁ ▁▁ ', 'Ġalready Ċ marked', '[PAD5] [EMPTY_3]',
  '\u0000\u0001\u0007\u001b[31mred\u001b[0m', '\ufeffbyte order mark', '\ud800 lone \udfff', 'private \ue000 \u{f0000} unassigned \u0378 \u{e0100}',
  '𝒜𝓁𝑔𝑒𝒷𝓇𝒶 𝟙𝟚𝟛 𐐀𐐨 𑢠 𞤀 🏴󠁧󠁢󠁥󠁮󠁧󠁿',
] // biome-ignore format: short ones share a line

type Range = readonly [from: number, to: number]

const ASCII: Range = [0x20, 0x7e]
const WORDS =
  'the of and to in is that for it as was with be by on not he his but at are this have from or had an they which one you were all her she there would their we him been has when who will no more if out so up said what its about than into them can only other time new some could these two may first then do any like my now over such our man me even most made after also did many off before must well back through years much where your way down should because long each just state those people too mr how little good world make very year still see own work'.split(
    ' ',
  )

/** Letters, digits, spaces, marks and symbols of many scripts. */
const MIXED: readonly Range[] = [
  ASCII,
  [0xa1, 0x17f],
  [0x370, 0x3ff],
  [0x400, 0x45f],
  [0x4e00, 0x4fff],
  [0x1f600, 0x1f64f],
  [0x09, 0x0d],
  [0x300, 0x310],
]
const SCRIPTS: readonly Range[] = [
  [0x5d0, 0x5ea],
  [0x620, 0x66f],
  [0x900, 0x97f],
  [0xe01, 0xe4e],
  [0xac00, 0xd7a3],
  [0x3041, 0x30ff],
  [0x10a0, 0x10ff],
  [0x1200, 0x1380],
  [0x2000, 0x206f],
  [0x2070, 0x24ff],
  [0x20, 0x20],
]
const CODE: readonly Range[] = [
  [0x20, 0x40],
  [0x5b, 0x60],
  [0x7b, 0x7e],
  [0x30, 0x39],
  [0x61, 0x7a],
  [0x41, 0x5a],
  [0x09, 0x0a],
  [0x20, 0x20],
  [0x20, 0x20],
]
const BLANKS: readonly Range[] = [
  [0x20, 0x20],
  [0x20, 0x20],
  [0x09, 0x0d],
  [0x61, 0x63],
  [0x0a, 0x0a],
  [0xa0, 0xa0],
  [0x2000, 0x200b],
  [0x85, 0x85],
  [0x2e, 0x2e],
]
const DIGITS: readonly Range[] = [
  [0x30, 0x39],
  [0x30, 0x39],
  [0x30, 0x39],
  [0x2c, 0x2e],
  [0x20, 0x20],
  [0x661, 0x669],
  [0xb2, 0xb3],
]
const ANYTHING: readonly Range[] = [
  [0x1, 0xd7ff],
  [0xe000, 0xffff],
  [0x10000, 0x1ffff],
]

type Draw = (below: number) => number

const drawing = (seed: number): Draw => {
  let drawn = 0
  return (below) => Math.floor(uniform(seed, 7, drawn++) * below)
}

function characters(draw: Draw, ranges: readonly Range[], length: number): string {
  return Array.from({ length }, () => {
    const [from, to] = ranges[draw(ranges.length)]!
    return String.fromCodePoint(from + draw(to - from + 1))
  }).join('')
}

/** Letters, digits, spaces, marks and symbols of many scripts; always the same for a seed. */
export const mixedText = (seed: number): string => characters(drawing(seed), MIXED, 60)

/** English words with punctuation, capitals and numbers. */
function sentence(draw: Draw): string {
  const word = () => {
    const own = WORDS[draw(WORDS.length)]!
    const kind = draw(12)
    if (kind === 0) return own.toUpperCase()
    if (kind === 1) return own[0]!.toUpperCase() + own.slice(1)
    if (kind === 2) return String(draw(100_000))
    if (kind === 3) return own + [',', '.', '!', "'s", ';', '...', ' -', '?"'][draw(8)]!
    return own
  }
  return Array.from({ length: 4 + draw(20) }, word).join([' ', ' ', ' ', '  ', '\n'][draw(5)]!)
}

const KINDS: readonly ((draw: Draw) => string)[] = [
  sentence,
  (draw) => characters(draw, MIXED, 60),
  (draw) => characters(draw, SCRIPTS, 40),
  (draw) => characters(draw, CODE, 60),
  (draw) => characters(draw, BLANKS, 30),
  (draw) => characters(draw, DIGITS, 30),
  (draw) => characters(draw, ANYTHING, 30),
]

/** With some of the tokens that are found in a text as a whole. */
function withTokens(draw: Draw, tokens: readonly string[]): string {
  const part = () => (draw(3) === 0 ? tokens[draw(tokens.length)]! : KINDS[draw(KINDS.length)]!(draw).slice(0, 12))
  return Array.from({ length: 6 }, part).join('')
}

/** @param tokens control tokens and the like, to be put into texts */
export function tokenizerTexts(count: number, tokens: readonly string[] = []): string[] {
  const random = Array.from({ length: count }, (_, seed) => KINDS[seed % KINDS.length]!(drawing(seed)))
  const mixed =
    tokens.length === 0 ? [] : Array.from({ length: count / 8 }, (_, seed) => withTokens(drawing(1e6 + seed), tokens))
  return [...WRITTEN, ...random, ...mixed]
}
