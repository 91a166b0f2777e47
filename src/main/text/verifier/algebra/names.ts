/** The commands allowed in a formula, by kind. A text with any other command is not a formula. */
import type { Reader } from './reader'

export const GREEK = new Set(
  `alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi rho varrho sigma tau upsilon phi varphi chi psi
  omega Gamma Delta Theta Lambda Xi Sigma Upsilon Phi Psi Omega ell hbar`.split(/\s+/),
)
export const DECORATIONS = new Set([
  'overline',
  'bar',
  'vec',
  'hat',
  'widehat',
  'tilde',
  'overrightarrow',
  'mathbf',
  'mathcal',
  'dot',
])
export const SHAPES = new Set(['angle', 'triangle', 'measuredangle'])
export const CLOSED_BY: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }
export const BRACKET_COMMANDS: Readonly<Record<string, readonly [string, string]>> = {
  lfloor: ['floor', 'rfloor'],
  lceil: ['ceiling', 'rceil'],
  lvert: ['absolute', 'rvert'],
}
const ONE = [
  'sin',
  'cos',
  'tan',
  'cot',
  'sec',
  'csc',
  'arcsin',
  'arccos',
  'arctan',
  'sinh',
  'cosh',
  'tanh',
  'ln',
  'exp',
  'abs',
]
export const LOGARITHMS = ['log', 'lg']
export const SEVERAL = ['max', 'min', 'gcd', 'lcm']
const FUNCTIONS = new Set([...ONE, ...LOGARITHMS, ...SEVERAL])

export const isFunction = (name: string): boolean => FUNCTIONS.has(name)

const CALLABLE_AT_START = new Set([
  'frac',
  'dfrac',
  'tfrac',
  'cfrac',
  'sqrt',
  'cbrt',
  'binom',
  'pi',
  'sum',
  'prod',
  '|',
])

const isAtomCommand = (name: string): boolean =>
  CALLABLE_AT_START.has(name) ||
  GREEK.has(name) ||
  DECORATIONS.has(name) ||
  SHAPES.has(name) ||
  isFunction(name) ||
  name in BRACKET_COMMANDS

/** True if a factor may begin at the position, which means a multiplication. */
export function startsAtom(reader: Reader): boolean {
  const token = reader.peek()
  if (!token) return false
  if (token.kind === 'mark') return token.text in CLOSED_BY || (token.text === '|' && reader.bars === 0)
  return token.kind === 'command' ? isAtomCommand(token.text) : true
}
