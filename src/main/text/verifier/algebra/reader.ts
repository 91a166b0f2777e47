/** A position in a formula's tokens, and functions shared by the parser's files. */
import type { Expression } from './expression'
import type { Token } from './tokens'

/** Thrown where a text is not a formula; `parseFormula` catches it. */
export class NoFormula extends Error {}

/** Deepest nesting of brackets; deeper ones are not an answer and would overflow the stack. */
const MAX_DEPTH = 300

export class Reader {
  private position = 0
  private depth = 0
  /** Open `|`: the next one where an operator could stand closes it. */
  bars = 0

  constructor(private tokens: Token[]) {}

  peek(ahead = 0): Token | undefined {
    return this.tokens[this.position + ahead]
  }

  next(): Token {
    const token = this.tokens[this.position++]
    if (!token) throw new NoFormula()
    return token
  }

  isAt(kind: Token['kind'], text: string): boolean {
    const token = this.peek()
    return token?.kind === kind && token.text === text
  }

  take(kind: Token['kind'], text: string): boolean {
    const isThere = this.isAt(kind, text)
    if (isThere) this.position++
    return isThere
  }

  expect(kind: Token['kind'], text: string): void {
    if (!this.take(kind, text)) throw new NoFormula()
  }

  /** The first digit of the number at the position, as TeX reads `\frac12`. */
  nextDigit(): Token {
    const token = this.next()
    if (token.kind !== 'number' || token.text.length === 1 || token.text.includes('.')) return token
    this.position--
    this.tokens[this.position] = { ...token, text: token.text.slice(1) }
    return { ...token, text: token.text[0] ?? '' }
  }

  nested<T>(read: () => T): T {
    if (++this.depth > MAX_DEPTH) throw new NoFormula()
    const result = read()
    this.depth--
    return result
  }

  /** The tokens of a braced group as a text, for names: `{n+1}` is "n+1". */
  rawGroup(): string {
    if (!this.take('mark', '{')) return this.nextDigit().text
    let [raw, open] = ['', 1]
    while (open > 0) {
      const token = this.next()
      if (token.text === '{') open++
      if (token.text === '}') open--
      raw += token.text
    }
    return raw.slice(0, -1)
  }
}

/** What the parser of atoms needs from the parser of operators. */
export interface Grammar {
  sum(reader: Reader): Expression
  product(reader: Reader): Expression
  unary(reader: Reader): Expression
  power(reader: Reader): Expression
}
