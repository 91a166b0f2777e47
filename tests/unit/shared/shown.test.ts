import { describeBug, describeError, GpoError } from '@shared/errors'
import { safeJson, safeLine, safeText, shown } from '@shared/shown'
import { describe, expect, it } from 'vitest'

/** Clears the screen; CSI in one byte; turns the direction of what follows; has no width. */
const HOSTILE = [
  '\u001b[2J',
  '\u009b2J',
  '\u202egnp.exe',
  '\u200b',
  '\u2028',
  '\u{e0041}',
  '\ud800',
  '\u0000',
  '\u007f',
]
const UNSAFE = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\p{Surrogate}\u{e0000}-\u{e007f}]/u

const nested = (depth: number, open: string, close: string): unknown =>
  JSON.parse(`${open.repeat(depth)}1${close.repeat(depth)}`)

describe('a value', () => {
  it('is shown as JSON where it is short', () => {
    const values = ['a "b"', 3, -0.5, true, null, [1, [2, 'x']], { a: { b: [] }, c: {} }]
    for (const value of values) expect(shown(value)).toBe(JSON.stringify(value))
    expect([shown(undefined), shown(NaN), shown(10n ** 20n)]).toEqual(['missing', 'NaN', '100000000000000000000'])
    expect(shown(new Float32Array(3))).toBe('12 bytes')
    expect(shown(new Date(0))).toBe('"1970-01-01T00:00:00.000Z"')
  })

  it.each(HOSTILE)('has nothing unsafe in it: %j', (text) => {
    for (const made of [shown(text), shown({ [text]: [text] }), safeText(text), safeLine(text), shown(Symbol(text))])
      expect(made).not.toMatch(UNSAFE)
    expect(JSON.parse(shown(text))).toBe(text)
  })

  it('is short, however large and deep it is', () => {
    const values = ['x'.repeat(1e6), Array(1e6).fill(1), nested(100_000, '[', ']'), nested(50_000, '{"a":', '}')]
    for (const value of values) expect(shown(value).length).toBeLessThan(220)
    expect(shown(Array(1e6).fill('\u001b')).length).toBeLessThan(220)
    expect(shown('x'.repeat(100), 10)).toBe('"xxxxxxxxxx…"')
  })

  it('calls nothing of its own', () => {
    const trap = () => {
      throw new Error('called')
    }
    expect(shown({ toString: 1, valueOf: 2, toJSON: 3 })).toBe('{"toString":1,"valueOf":2,"toJSON":3}')
    expect(shown({ toString: trap, toJSON: trap })).toBe('{"toString":a function,"toJSON":a function}')
    expect(shown(Object.defineProperty({}, 'a', { get: trap, enumerable: true }))).toBe('a value that cannot be shown')
    expect(shown(new Proxy({}, { ownKeys: trap }))).toBe('a value that cannot be shown')
  })
})

describe('a text', () => {
  it('keeps its lines, letters of all scripts and faces', () => {
    const text = 'שלום\tעולם\nسلام 👩‍👩‍👧 é'
    expect(safeText(text)).toBe(text)
    expect(safeText('a\r\nb\rc')).toBe('a\r\nb\\u000dc')
    expect(safeLine('a\nb')).toBe('a\\u000ab')
    expect(safeText('x'.repeat(10), 3)).toBe('xxx…')
  })

  it('is the same value in JSON that is printed', () => {
    const value = { [HOSTILE.join('')]: HOSTILE.join('') }
    expect(safeJson(JSON.stringify(value))).not.toMatch(UNSAFE)
    expect(JSON.parse(safeJson(JSON.stringify(value)))).toEqual(value)
  })
})

describe('an error', () => {
  it('has a message that is safe and bounded', () => {
    const { message } = new GpoError('data', `${HOSTILE.join('')}${'x'.repeat(1e6)}`)
    expect(message).not.toMatch(UNSAFE)
    expect(message.length).toBeLessThan(21_000)
  })

  it('of any kind has words', () => {
    const spoiled = Object.defineProperty(new Error('x'), 'message', {
      get: () => {
        throw new Error('trap')
      },
    })
    expect(describeError(spoiled)).toMatch(/^\{|cannot be shown/)
    expect(describeError({ toString: 1 })).toBe('{"toString":1}')
    expect(describeError(Object.assign(new Error('x'), { message: { a: 1 } }))).toBe('{"a":1}')
    expect(describeError('\u001b[31mred')).toBe('\\u001b[31mred')
    expect(describeError(Object.create(null))).toBe('{}')
    expect(describeBug(new Error('found'))).toMatch(/^Error: found\n +at /)
  })
})
