import { compareExpressions } from '@main/text/verifier/algebra/identical'
import { parseFormula } from '@main/text/verifier/algebra/parse'
import { describe, expect, it } from 'vitest'

function compare(left: string, right: string): string {
  const [a, b] = [parseFormula(left), parseFormula(right)]
  if (!a || !b) return `unreadable: ${a ? right : left}`
  return compareExpressions(a, b, performance.now() + 5000)
}

describe('algebra: the same for all values', () => {
  it.each([
    ['(x+1)^2', 'x^2+2x+1'],
    ['a(b+c)', 'ab+ac'],
    ['\\pi r^2', 'r^2\\pi'],
    ['\\sqrt{8}', '2\\sqrt{2}'],
    ['\\frac{1}{\\sqrt{3}}', '\\frac{\\sqrt{3}}{3}'],
    ['\\sin^2 x + \\cos^2 x', '1'],
    ['\\binom{5}{2}', '10'],
    ['\\tan 45^\\circ', '1'],
    ['\\cos^2 x-\\sin^2 x', '\\cos 2x'],
    ['e^{i\\pi}', '-1'],
    ['\\sqrt{2}^{100}', '2^{50}'],
    ['1+f(x)', 'f(x)+1'],
    ['f+f', '2f'],
    ['1\\frac12', '\\frac32'],
    ['11 5/6', '\\frac{71}{6}'],
    ['2\\cdot\\frac12', '1'],
    ['0.\\overline{3}', '\\frac13'],
    ['0.1\\overline{6}', '\\frac16'],
    ['|x|', '\\sqrt{x^2}'],
    ['|-3|', '3'],
    ['\\log_2 8', '3'],
    ['\\log_{2}{8}', '3'],
    ['\\ln(e^2)', '2'],
    ['n!', 'n(n-1)!'],
    ['\\binom{n}{2}', '\\frac{n(n-1)}{2}'],
    ['(-1)^{2n}', '1'],
    ['\\sum_{k=1}^{n} k', '\\frac{n(n+1)}{2}'],
    ['\\sum_{i=1}^{10} i^2', '385'],
    ['\\sin^{-1}(1)', '\\frac{\\pi}{2}'],
    ['\\sin 2x', '2\\sin x\\cos x'],
    ['1011_2', '11'],
    ['\\sqrt[3]{-8}', '-2'],
    ['2^{n+1}', '2\\cdot 2^n'],
    ['\\lfloor 3.7 \\rfloor', '3'],
    ['sqrt(2)/2', '\\frac{1}{\\sqrt2}'],
    ['2pi', '2\\pi'],
    ['x_1+x_2', 'x_2+x_{1}'],
    ['2^10', '1024'],
    ['\\frac{a}{b}', 'a/b'],
    ['3+4\\mathrm{i}', '4i+3'],
    ['N', 'N'],
    ['x^{-1}', '\\frac1x'],
    ['\\frac{x^2-1}{x-1}', 'x+1'],
    ['(1+i)^2', '2i'],
    ['\\angle ABC+1', '1+\\angle ABC'],
    ['\\cos(n\\pi)', '\\cos(-\\pi n)'],
  ])('%s is %s', (a, b) => {
    expect(compare(a, b)).toBe('equal')
    expect(compare(b, a)).toBe('equal')
  })

  it.each([
    ['x^{2024}', 'x^{2022}'],
    ['x+10^{12}', 'x+10^{12}+1'],
    ['x^2', 'x^3'],
    ['\\sqrt{2}', '1.414'],
    ['2\\pi', '\\pi'],
    ['\\frac{1}{2^{40}}', '\\frac{1}{2^{41}}'],
    ['0', '10^{-12}'],
    ['\\frac{\\pi}{10^{12}}', '\\frac{2\\pi}{10^{12}}'],
    ['0', '10^{-12}x'],
    ['(x+1)^{2000}', '(x+1)^{2000}+1'],
    ['\\frac{1+\\sqrt5}{2}', '1.6180339887'],
    ['2^{1000}', '2^{1000}+1'],
    ['10^{15}\\sqrt2', '10^{15}\\sqrt2+10^{-9}'],
    ['\\pi', '\\pi+10^{-80}'],
    ['\\sqrt{2}x^{2024}', '\\sqrt{2}x^{2022}'],
    ['\\sin x + 10^{60}', '\\sin x+10^{60}+1'],
    ['e^{-1000}', '0'],
    ['e^{-x^2 10^6}', '0'],
    ['x', '|x|'],
    ['\\frac10', '\\frac10'],
    ['\\sqrt{x}', '\\sqrt{-x}'],
    ['n!', 'n'],
    ['E', 'e'],
    ['I', 'i'],
    ['D', 'd'],
    ['N', '1'],
    ['\\frac{dy}{dx}', '\\frac{y}{x}'],
    ['9^{9^{9^9}}', '1'],
    ['\\lfloor x\\rfloor', 'x'],
    ['x^2', '2x'],
    ['x^2', '2^x'],
  ])('%s is not %s', (a, b) => {
    expect(compare(a, b)).toBe('different')
    expect(compare(b, a)).toBe('different')
  })

  it.each(['', '2 3', '\\foo{2}', '3,5', '\\frac{1}', '(x', 'x)', '2\\pm 1', '\\int x', 'x+', '\\infty', '10:30'])(
    '%j is not a formula',
    (text) => {
      expect(parseFormula(text)).toBeNull()
    },
  )
})
