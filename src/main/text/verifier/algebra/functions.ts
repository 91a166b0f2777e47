/** Parses named functions: `\sin^2 x`, `\log_2 8`, `\sin^{-1} x`, `\max(a,b)`. The evaluators know their values. */
import { callArguments } from './brackets'
import { apply, type Expression, number } from './expression'
import { isFunction, LOGARITHMS, SEVERAL, startsAtom } from './names'
import { type Grammar, NoFormula, type Reader } from './reader'

const INVERSE: Readonly<Record<string, string>> = { sin: 'arcsin', cos: 'arccos', tan: 'arctan' }

/** Without brackets, the argument is a product up to the next operator or function: `\sin 2x\cos x` has two factors. */
function bareArgument(reader: Reader, grammar: Grammar): Expression {
  if (reader.isAt('mark', '-')) return grammar.unary(reader)
  let product = grammar.power(reader)
  for (let next = reader.peek(); startsAtom(reader); next = reader.peek()) {
    if (next?.kind === 'command' && isFunction(next.text)) break
    product = apply('multiply', product, grammar.power(reader))
  }
  return product
}

function argumentsOf(name: string, reader: Reader, grammar: Grammar): readonly Expression[] {
  if (reader.isAt('mark', '(')) return callArguments(reader, grammar)
  if (SEVERAL.includes(name)) throw new NoFormula()
  return [reader.nested(() => bareArgument(reader, grammar))]
}

const isMinusOne = (power: Expression | null): boolean =>
  power?.kind === 'apply' && power.name === 'negate' && power.args[0]?.kind === 'number' && power.args[0].value.n === 1n

function script(reader: Reader, grammar: Grammar): Expression {
  if (!reader.take('mark', '{')) return grammar.power(reader)
  const value = grammar.sum(reader)
  reader.expect('mark', '}')
  return value
}

function oneDigit(reader: Reader, grammar: Grammar): Expression {
  const isNumber = reader.peek()?.kind === 'number'
  return isNumber ? number(BigInt(reader.nextDigit().text)) : script(reader, grammar)
}

/** The function `name`, which has just been read. */
export function namedFunction(name: string, reader: Reader, grammar: Grammar): Expression {
  let [base, power]: (Expression | null)[] = [null, null]
  for (;;) {
    if (LOGARITHMS.includes(name) && reader.take('mark', '_')) base = oneDigit(reader, grammar)
    else if (reader.take('mark', '^')) power = oneDigit(reader, grammar)
    else break
  }
  const args = argumentsOf(name, reader, grammar)
  if (!SEVERAL.includes(name) && args.length !== 1) throw new NoFormula()
  const inverse = isMinusOne(power ?? null) ? INVERSE[name] : undefined
  if (inverse) return apply(inverse, ...args)
  const value = LOGARITHMS.includes(name)
    ? apply('log', base ?? number(10n), ...args)
    : apply(name === 'abs' ? 'absolute' : name, ...args)
  return power ? apply('power', value, power) : value
}
