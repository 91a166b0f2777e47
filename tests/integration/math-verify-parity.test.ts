/**
 * Verdicts on a table of answers against Math-Verify, an independent verifier in Python. The table says what is right, the golden file what
 * Math-Verify says of it (`tests/parity/math_verify_verdicts.py`); docs/verifiers.md lists every disagreement. With GPO_PYTHON, the path of a
 * Python that has math-verify, it is asked again.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createVerifier } from '@main/text/verifier'
import { describe, expect, it, test } from 'vitest'

interface Row {
  readonly kind: string
  readonly completion: string
  readonly reference: string
  readonly isEqual: boolean
}

const folder = resolve(import.meta.dirname, '../parity')
const read = <T>(name: string): T => JSON.parse(readFileSync(resolve(folder, name), 'utf8')) as T
const rows = read<Row[]>('verdicts.json')
const golden = read<boolean[]>('verdicts.golden.json')
const python = process.env['GPO_PYTHON']
const verifier = createVerifier({ kind: 'latex', timeoutMs: 5000 })
const documented = readFileSync(resolve(import.meta.dirname, '../../docs/verifiers.md'), 'utf8')
/** As a table's cell in Markdown. */
const cell = (text: string) => `\`${text.replaceAll('\n', '⏎').replaceAll('|', '\\|')}\``

describe('the table', () => {
  it('has 300 lines at least', () => {
    expect(rows.length).toBeGreaterThanOrEqual(300)
    expect(golden).toHaveLength(rows.length)
  })

  it.each(rows)('$kind: $completion for $reference: $isEqual', ({ completion, reference, isEqual }) => {
    expect(verifier.verify(completion, reference, false).status === 'correct').toBe(isEqual)
  })

  it('is documented wherever Math-Verify disagrees', () => {
    const disagreements = rows.filter(({ isEqual }, i) => golden[i] !== isEqual)
    for (const { completion, reference } of disagreements)
      expect(documented).toContain(`| ${cell(completion)} | ${cell(reference)} |`)
    expect(documented).toContain(`${rows.length - disagreements.length} of ${rows.length}`)
  })
})

test.skipIf(!python)(
  `Math-Verify says today what the golden file has${python ? '' : ' (skipped: no GPO_PYTHON)'}`,
  () => {
    const output = execFileSync(python ?? '', [resolve(folder, 'math_verify_verdicts.py')], {
      encoding: 'utf8',
      timeout: 300_000,
    })
    expect(JSON.parse(output)).toEqual(golden)
  },
  300_000,
)
