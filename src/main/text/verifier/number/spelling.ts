/** Normalises typographic and LaTeX spellings around numbers. The result may be shorter than the text. */

const VULGAR: Readonly<Record<string, string>> = {
  ...{ '½': '1/2', '⅓': '1/3', '⅔': '2/3', '¼': '1/4', '¾': '3/4', '⅕': '1/5', '⅖': '2/5', '⅗': '3/5', '⅘': '4/5' },
  ...{ '⅙': '1/6', '⅚': '5/6', '⅐': '1/7', '⅛': '1/8', '⅜': '3/8', '⅝': '5/8', '⅞': '7/8', '⅑': '1/9', '⅒': '1/10' },
}
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹'

const REWRITES: readonly (readonly [RegExp, string | ((match: string) => string)])[] = [
  [/[−–‒]/g, '-'],
  [/[０-９]/g, (digit) => String((digit.codePointAt(0) ?? 0) - 0xff10)],
  [/[٠-٩]/g, (digit) => String((digit.codePointAt(0) ?? 0) - 0x660)],
  [/[०-९]/g, (digit) => String((digit.codePointAt(0) ?? 0) - 0x966)],
  [
    /[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+/g,
    (digits) => `^{${Array.from(digits, (one) => (one === '⁻' ? '-' : SUPERSCRIPTS.indexOf(one))).join('')}}`,
  ],
  [/\{,\}/g, ','],
  [/\\[dtc]frac(?![a-zA-Z])/g, '\\frac'],
  [/\\(?:left|right|displaystyle)(?![a-zA-Z])\s?/g, ''],
  [/(?<=\d)\\,(?=\d{3})/g, '\u202F'],
  [/\\[,!;: ]|~|\\quad(?![a-zA-Z])/g, ' '],
  [/\\([$%#])/g, '$1'],
  [/(?<=\d)[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒]/g, (mark) => ` ${VULGAR[mark] ?? mark}`],
  [/[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒]/g, (mark) => VULGAR[mark] ?? mark],
  [/⁄/g, '/'],
  [/٪/g, '%'],
]

const NEEDED = /[^ -[\]-~\s]|\\|\{,\}/

export function spelled(text: string): string {
  if (!NEEDED.test(text)) return text
  return REWRITES.reduce(
    (result, [pattern, by]) => (typeof by === 'string' ? result.replace(pattern, by) : result.replace(pattern, by)),
    text,
  )
}
