/** Parses the operands of formulas: numbers, names, brackets, fractions, roots, functions, sums over an index. */
import { bracketed, callArguments } from './brackets'
import { apply, type Expression, number } from './expression'
import { namedFunction } from './functions'
import { numberAt, numberOf } from './literals'
import { BRACKET_COMMANDS, CLOSED_BY, DECORATIONS, GREEK, isFunction, SHAPES } from './names'
import { type Grammar, NoFormula, type Reader } from './reader'

const FUNCTION_LETTERS = /^[fghFGH]$/
function absolute(reader: Reader, grammar: Grammar): Expression {
  reader.bars++
  const inner = reader.nested(() => grammar.sum(reader))
  reader.bars--
  reader.expect('mark', '|')
  return apply('absolute', inner)
}

/** A macro's argument: a braced group, a digit or one atom. */
function argument(reader: Reader, grammar: Grammar): Expression {
  if (reader.peek()?.kind === 'number') return numberOf(reader.nextDigit().text)
  return atom(reader, grammar)
}

/** `\frac{dy}{dx}` is a name, not y/x. */
function derivative(reader: Reader): boolean {
  const [first, d, second] = [reader.peek(), reader.peek(1), reader.peek(2)]
  return (
    first?.text === '{' &&
    (d?.text === 'd' || d?.text === 'partial') &&
    (second?.kind === 'letter' || second?.text === '}')
  )
}

function fraction(reader: Reader, grammar: Grammar): Expression {
  if (derivative(reader)) return { kind: 'symbol', name: `${reader.rawGroup()}/${reader.rawGroup()}` }
  const top = argument(reader, grammar)
  return apply('divide', top, argument(reader, grammar))
}

function root(reader: Reader, grammar: Grammar): Expression {
  let index = number(2n)
  if (reader.take('mark', '[')) index = bracketed(reader, grammar, () => reader.expect('mark', ']'))
  return apply('root', index, atom(reader, grammar))
}

function series(name: 'sum' | 'product', reader: Reader, grammar: Grammar): Expression {
  reader.expect('mark', '_')
  reader.expect('mark', '{')
  const index = reader.next()
  reader.expect('mark', '=')
  const from = bracketed(reader, grammar, () => reader.expect('mark', '}'))
  reader.expect('mark', '^')
  const to = atom(reader, grammar, { isScript: true })
  return { kind: 'series', name, index: index.text, from, to, body: reader.nested(() => grammar.product(reader)) }
}

/** `\angle ABC` is one name. */
function shape(name: string, reader: Reader): Expression {
  let letters = ''
  while (reader.peek()?.kind === 'letter' && /^[A-Z]$/.test(reader.peek()?.text ?? '')) letters += reader.next().text
  if (!letters) throw new NoFormula()
  return { kind: 'symbol', name: `${name} ${letters}` }
}

function command(name: string, reader: Reader, grammar: Grammar): Expression {
  if (/^[dtc]?frac$/.test(name)) return fraction(reader, grammar)
  if (name === 'sqrt') return root(reader, grammar)
  if (name === 'cbrt') return apply('root', number(3n), atom(reader, grammar))
  if (name === 'binom') return apply('binomial', argument(reader, grammar), argument(reader, grammar))
  if (name === 'pi') return { kind: 'constant', name: 'pi' }
  if (name === 'sum' || name === 'prod') return series(name === 'sum' ? 'sum' : 'product', reader, grammar)
  if (name === '|') return norm(reader, grammar)
  if (GREEK.has(name)) return named(`\\${name}`, reader, grammar)
  if (DECORATIONS.has(name)) return named(`\\${name} ${reader.rawGroup()}`, reader, grammar)
  if (SHAPES.has(name)) return shape(name, reader)
  const brackets = BRACKET_COMMANDS[name]
  if (brackets)
    return apply(
      brackets[0],
      bracketed(reader, grammar, () => reader.expect('command', brackets[1])),
    )
  if (isFunction(name)) return namedFunction(name, reader, grammar)
  throw new NoFormula()
}

function norm(reader: Reader, grammar: Grammar): Expression {
  return apply(
    'call:norm',
    bracketed(reader, grammar, () => reader.expect('command', '|')),
  )
}

/** A variable with its index and primes, or the value of a function that only has a name. */
function named(base: string, reader: Reader, grammar: Grammar, canBeCalled = false): Expression {
  let name = base
  for (;;) {
    if (reader.take('mark', '_')) name += `_${reader.rawGroup()}`
    else if (reader.take('mark', "'")) name += "'"
    else break
  }
  const isCall = (canBeCalled || name.endsWith("'")) && reader.isAt('mark', '(')
  return isCall ? apply(`call:${name}`, ...callArguments(reader, grammar)) : { kind: 'symbol', name }
}

function letter(text: string, reader: Reader, grammar: Grammar): Expression {
  const isPlain = !reader.isAt('mark', '_') && !reader.isAt('mark', "'")
  if (isPlain && (text === 'e' || text === 'i')) return { kind: 'constant', name: text }
  return named(text, reader, grammar, FUNCTION_LETTERS.test(text))
}

function mark(text: string, reader: Reader, grammar: Grammar): Expression {
  const close = CLOSED_BY[text]
  if (close) return bracketed(reader, grammar, () => reader.expect('mark', close))
  if (text === '|') return absolute(reader, grammar)
  throw new NoFormula()
}

/** `isScript`: an exponent without braces; the number in it takes no fraction after it. */
export function atom(reader: Reader, grammar: Grammar, { isScript = false } = {}): Expression {
  const token = reader.next()
  if (token.kind === 'number') return isScript ? numberOf(token.text) : numberAt(token.text, reader)
  if (token.kind === 'command') return command(token.text, reader, grammar)
  if (token.kind === 'letter') return letter(token.text, reader, grammar)
  return token.kind === 'word' ? named(token.text, reader, grammar) : mark(token.text, reader, grammar)
}
