/** Parses the contents of brackets. */
import type { Expression } from './expression'
import type { Grammar, Reader } from './reader'

export function bracketed(reader: Reader, grammar: Grammar, close: () => void): Expression {
  const bars = reader.bars
  reader.bars = 0
  const inner = reader.nested(() => grammar.sum(reader))
  reader.bars = bars
  close()
  return inner
}

/** `(a, b)` after a function's name. */
export function callArguments(reader: Reader, grammar: Grammar): readonly Expression[] {
  const bars = reader.bars
  reader.bars = 0
  reader.expect('mark', '(')
  const args = [reader.nested(() => grammar.sum(reader))]
  while (reader.take('mark', ',')) args.push(reader.nested(() => grammar.sum(reader)))
  reader.expect('mark', ')')
  reader.bars = bars
  return args
}
