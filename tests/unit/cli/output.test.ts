import { createOutput, formatTable, formatTime, reportError } from '@main/cli/output'
import { GpoError } from '@shared/errors'
import { expect, it, onTestFinished, vi } from 'vitest'

/** What is written to both streams. */
function written(work: () => void): string {
  let text = ''
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation((piece) => {
      text += piece
      return true
    }),
  )
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore()
  })
  work()
  return text
}

const ESCAPE = '\u001b]0;owned\u0007\u202e'

it('no line moves the cursor or turns the writing, in text and in JSON', () => {
  const text = written(() => {
    createOutput(false).line(`a ${ESCAPE}`)
    createOutput(false).note(`b ${ESCAPE}`)
    createOutput(true).json({ name: ESCAPE })
    reportError(new GpoError('data', ESCAPE))
    reportError(new Error(ESCAPE))
    reportError({ toString: ESCAPE })
  })
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u)
  expect(text).toMatch(/^a \\u001b]0;owned\\u0007\\u202e\n/)
})

it('a cell of a table is one line, of bounded width', () => {
  expect(formatTable([['name', 'n'], ['a\nb', '1']])).toBe('name      n\na\\u000ab  1') // biome-ignore format: one line reads better
  expect(formatTable([['x'.repeat(10_000)]]).length).toBeLessThan(500)
})

it('a number that is no time has none', () => {
  expect([formatTime(0), formatTime(1e300), formatTime(NaN)]).toEqual(['1970-01-01 00:00', 'no time', 'no time'])
})
