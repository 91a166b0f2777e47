/** Brings common spellings of an answer in LaTeX to one. Knows spellings only; what formulas mean is for `latex-engine.ts`. */

/** In order. Each takes time linear in an answer's length (answers are short). */
const REWRITES: readonly (readonly [RegExp, string])[] = [
  [/[−–]/g, '-'],
  [/\\(?:left|right|[bB]igg?[lr]?)(?![a-zA-Z])\s?\.?/g, ''],
  [/\\displaystyle(?![a-zA-Z])/g, ''],
  [/(?<!\\)\\[,!]/g, ''],
  [/\{,\}/g, ','],
  [/(?<!\\)\\[;: ]|~|\\q?quad(?![a-zA-Z])/g, ' '],
  [/\\(?:text|mbox|textrm)\{\s*(?:and|or)\s*\}/g, ','],
  [/\\[dtc]frac(?![a-zA-Z])/g, '\\frac'],
  [/\\frac\s*(\d)\s*(?=[\d{])/g, '\\frac{$1}'],
  [/(\\frac\{[^{}]*\})\s*(\d)/g, '$1{$2}'],
  [/\\sqrt\s*(\d)/g, '\\sqrt{$1}'],
  [
    /(?<=[\d)}]|\\pi)\s*(?:\\(?:text|mathrm|mbox|textrm|rm)\s*\{[^{}]*\}|\\(?:text|mathrm|mbox)\{[^{}]*\}\^\{?\d\}?)(?:\^\{?\d\}?)?\s*$/,
    '',
  ],
  [/\\(?:text|textbf|textit|textrm|mathrm|mathbf|mathit|mbox|operatorname)\s*\{([^{}]*)\}/g, '$1'],
  [/\\?\$/g, ''],
  [/\\?%\s*$/, ''],
  // `60^\circ` is 60, but `\tan 45^\circ` needs its degrees
  [/^((?:(?!\\(?:sin|cos|tan|cot|sec|csc)(?![a-z]))[\s\S])*?)(?:\^\s*\{?\s*\\circ\s*\}?|\\degree|°)\s*$/, '$1'],
  [/^(-?[\d.,]*\d)\s+(?!and\b|or\b)[a-zA-Z]{2,}(?:\s[a-zA-Z]+)*$/, '$1'],
  [/(?<![a-zA-Z\\])([a-eij-z])\s*\(/g, '$1\\cdot('],
]

/** A space is kept where it ends a command's name before a letter, as in `\pi r`. */
const withoutSpaces = (text: string): string =>
  text.replace(
    /(\\[a-zA-Z]+)?\s+([a-zA-Z])?/g,
    (_, command = '', letter = '') => `${command}${command && letter ? ' ' : ''}${letter}`,
  )

function withoutDelimiters(text: string): string {
  const inner = /^(?:\$\$?|\\\(|\\\[)([\s\S]*?)(?:\$\$?|\\\)|\\\])$/.exec(text)?.[1] ?? text
  return inner.trim().replace(/[.;,]$/, '')
}

export function normaliseLatex(text: string): string {
  const bare = withoutDelimiters(text.trim().replace(/\.$/, ''))
  const rewritten = REWRITES.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), bare)
  return withoutSpaces(rewritten.trim())
}
