/** Normalises common spellings of an answer in LaTeX. It knows only spellings; `algebra/` knows what formulas mean. */

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹'
const SUBSCRIPTS = '₀₁₂₃₄₅₆₇₈₉'
const digitsOf = (text: string, alphabet: string): string =>
  Array.from(text, (one) => (one === '⁻' ? '-' : one === 'ⁿ' ? 'n' : String(alphabet.indexOf(one)))).join('')

/** Characters, and the LaTeX they stand for. */
const CHARACTERS: Readonly<Record<string, string>> = {
  ...{
    '−': '-',
    '–': '-',
    '‒': '-',
    '×': '\\times ',
    '·': '\\cdot ',
    '⋅': '\\cdot ',
    '∙': '\\cdot ',
    '÷': '\\div ',
    '±': '\\pm ',
  },
  ...{
    π: '\\pi ',
    θ: '\\theta ',
    α: '\\alpha ',
    β: '\\beta ',
    γ: '\\gamma ',
    λ: '\\lambda ',
    φ: '\\phi ',
    ω: '\\omega ',
  },
  ...{
    '√': '\\sqrt ',
    '∛': '\\cbrt ',
    '∞': '\\infty ',
    '∪': '\\cup ',
    '∩': '\\cap ',
    '∈': '\\in ',
    '∅': '\\emptyset ',
  },
  ...{
    '≤': '\\le ',
    '⩽': '\\le ',
    '≥': '\\ge ',
    '⩾': '\\ge ',
    '≠': '\\ne ',
    '≈': '\\approx ',
    '∠': '\\angle ',
    '△': '\\triangle ',
  },
  ...{
    ℝ: '\\mathbb{R}',
    ℤ: '\\mathbb{Z}',
    ℕ: '\\mathbb{N}',
    ℚ: '\\mathbb{Q}',
    ℂ: '\\mathbb{C}',
    '°': '^\\circ ',
    '′': "'",
    '’': "'",
  },
  ...{
    '½': '\\frac{1}{2}',
    '⅓': '\\frac{1}{3}',
    '⅔': '\\frac{2}{3}',
    '¼': '\\frac{1}{4}',
    '¾': '\\frac{3}{4}',
    '⅛': '\\frac{1}{8}',
  },
  ...{
    '（': '(',
    '）': ')',
    '，': ',',
    '。': '.',
    '＝': '=',
    '⟨': '(',
    '⟩': ')',
    '∖': '\\setminus ',
    '⁄': '/',
    '∣': '|',
    '\u00A0': ' ',
  },
  ...{
    '\u2009': ' ',
    '\u202F': ' ',
    ⅈ: 'i',
    '％': '%',
    '⌊': '\\lfloor ',
    '⌋': '\\rfloor ',
    '⌈': '\\lceil ',
    '⌉': '\\rceil ',
  },
}
const CHARACTER = new RegExp(`[${Object.keys(CHARACTERS).join('')}]`, 'gu')

type Rewrite = readonly [RegExp, string | ((match: string, ...groups: string[]) => string)]

/** In order. Each takes time linear in an answer's length (answers are short). */
const REWRITES: readonly Rewrite[] = [
  [/[⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿ]+/g, (digits) => `^{${digitsOf(digits, SUPERSCRIPTS)}}`],
  [/[₀₁₂₃₄₅₆₇₈₉]+/g, (digits) => `_{${digitsOf(digits, SUBSCRIPTS)}}`],
  [/(?<=\d)\s?\[?[½⅓⅔¼¾⅛]/g, (mark) => ` ${mark.trim()}`],
  [CHARACTER, (character) => CHARACTERS[character] ?? character],
  [/\\(?:left|right|middle|[bB]igg?[lrm]?)(?![a-zA-Z])\s?(\.)?/g, ''],
  [/\\(?:displaystyle|textstyle|limits|nolimits|strut|hfill|noindent|relax)(?![a-zA-Z])\s?/g, ''],
  [/(?<=\d)(?:\\,|\\ |\{\s\}|\\:|\\;|\{,\})(?=\d{3}(?!\d))/g, '{,}'],
  [/(?<!\\)\\!|\\(?:phantom|hphantom|vphantom|label|tag\*?)\{[^{}]*\}/g, ''],
  [/(?<!\\)\\[,;:> ]|~|\\(?:q?quad|enspace|thinspace|hspace\*?\{[^{}]*\})(?![a-zA-Z])/g, ' '],
  [/\\(?:boxed|fbox|ensuremath)\s?\{([^{}]*)\}/g, '$1'],
  [/\{\s?\\(?:bf|it|sf|tt|cal|em|boldmath)(?![a-zA-Z])\s?([^{}]*)\}/g, '{$1}'],
  [/\{\s?\\rm(?![a-zA-Z])\s?([^{}]*)\}/g, '\\text{$1}'],
  [/\\(?:bf|it|rm|sf|tt)(?![a-zA-Z])\s?/g, ''],
  [/\\(?:mathbf|mathit|boldsymbol|bm|mathsf|mathtt|mathnormal|pmb|underline)\s*\{([^{}]*)\}/g, '{$1}'],
  [
    /\\(?:textbf|textit|textrm|textsf|texttt|textnormal|textsc|emph|mathrm|mbox|hbox|text|operatorname\*?)\s*\{/g,
    '\\text{',
  ],
  [/\\text\{\s?(\\?[$%€£¥₹])\s?\}/g, '$1'],
  [/\\text\{([^{}$]*)\$([^{}$]*)\$\}/g, '\\text{$1}$2'],
  [/\\text\{\s*,?\s*(?:or|oder|ou)\s*\}|\\(?:lor|vee)(?![a-zA-Z])/g, '\\lor '],
  [/\\text\{\s*,?\s*(?:and|und|et|y)\s*\}|\\(?:land|wedge)(?![a-zA-Z])|(?<=[^\\])\\?&(?![a-z])/g, '\\land '],
  [/(?<=[\d)}\]]|(?<![a-zA-Z])[a-zA-Z])\s*,?\s+or\s+(?=[-+\d([\\$]|[a-zA-Z](?![a-zA-Z]))/g, '\\lor '],
  [/(?<=[\d)}\]]|(?<![a-zA-Z])[a-zA-Z])\s*,?\s+and\s+(?=[-+\d([\\$]|[a-zA-Z](?![a-zA-Z]))/g, '\\land '],
  [/,\s*(?=\\l(?:and|or) )/g, ''],
  [/\\[dtc]frac(?![a-zA-Z])/g, '\\frac'],
  [/\\(?:leqslant|leqq|leq|le)(?![a-zA-Z])|<=|=</g, '\\le '],
  [/\\(?:geqslant|geqq|geq|ge)(?![a-zA-Z])|>=/g, '\\ge '],
  [/\\(?:neq|ne)(?![a-zA-Z])|!=|\\not\s?=/g, '\\ne '],
  [/\\lt(?![a-zA-Z])/g, '<'],
  [/\\gt(?![a-zA-Z])/g, '>'],
  [/\\(?:lbrace)(?![a-zA-Z])/g, '\\{'],
  [/\\(?:rbrace)(?![a-zA-Z])/g, '\\}'],
  [/\\(?:langle|lparen)(?![a-zA-Z])/g, '('],
  [/\\(?:rangle|rparen)(?![a-zA-Z])/g, ')'],
  [/\\lbrack(?![a-zA-Z])/g, '['],
  [/\\rbrack(?![a-zA-Z])/g, ']'],
  [/\\(?:l|r)?[vV]ert(?![a-zA-Z])|\\mid(?![a-zA-Z])/g, '|'],
  [/\\(?:Bbb|mathbb)\s?\{?\s?([RZNQC])\s?\}?/g, '\\mathbb{$1}'],
  [/\\(?:varnothing|O)(?![a-zA-Z])/g, '\\emptyset '],
  [/(?:\^\s*\{?\s*\\circ\s*\}?|\\degree(?![a-zA-Z])|(?:\^\s*)?\\textdegree(?![a-zA-Z]))/g, '^\\circ '],
  [/\\(?:degree|circ)(?![a-zA-Z])/g, '\\circ '],
  [/\\%/g, '%'],
  [/\\(?:dots|ldots|cdots|dotsc|dotsb)(?![a-zA-Z])|…|\.\.\./g, '\\ldots '],
  [/\\(?:colon)(?![a-zA-Z])/g, ':'],
  [/\^\{?\\prime\}?/g, "'"],
  [/(?<!\\)#/g, ''],
  [/\s+/g, ' '],
]

const DELIMITED = /^(?:\$\$|\$|\\\(|\\\[)([\s\S]*?)(?:\$\$|\$|\\\)|\\\])$/

function withoutDelimiters(text: string): string {
  const bare = text
    .trim()
    .replace(/^[*_`]{1,3}(?=[^*_`])|(?<=[^*_`\\])[*_`]{1,3}$/g, '')
    .replace(/[\s.;,]+$/, '')
  const inner = DELIMITED.exec(bare)?.[1]
  const isOne = inner !== undefined && !/(?<!\\)\$|\\\(|\\\[/.test(inner)
  const text1 = isOne ? inner : bare.replace(/(?<!\\)\$\$?|\\[()]|\\\[(?!\d)|(?<!\\)\\\](?!\d)/g, ' ')
  return text1
    .trim()
    .replace(/(?<!\\)[.;,]$|\\\\$/, '')
    .trim()
}

/** White space is reduced to one space; `keyOf` removes it. */
export function normaliseLatex(text: string): string {
  const rewritten = REWRITES.reduce(
    (result, [pattern, by]) => (typeof by === 'string' ? result.replace(pattern, by) : result.replace(pattern, by)),
    withoutDelimiters(text),
  )
  return rewritten.trim().replace(/[.;,]$/, '')
}

/** Without white space, except where it separates a command's name from a letter, as in `\pi r`; with braces around single arguments. */
export const keyOf = (text: string): string =>
  text
    .replace(/\\frac\s*(\d)\s*(?=[\d{])/g, '\\frac{$1}')
    .replace(/(\\frac\{[^{}]*\})\s*(\d)/g, '$1{$2}')
    .replace(/\\sqrt\s*(\d)/g, '\\sqrt{$1}')
    .replace(/([\^_])\{(\w)\}/g, '$1$2')
    .replace(/\{,\}/g, ',')
    .replace(
      /(\\[a-zA-Z]+)?\s+([a-zA-Z])?/g,
      (_, command = '', letter = '') => `${command}${command && letter ? ' ' : ''}${letter}`,
    )
