import { createVerifier } from '@main/text/verifier'
import type { VerifierConfig } from '@shared/schemas/verifier'
import { describe, expect, it } from 'vitest'

const MB = 1_000_000
const CONFIGS: readonly VerifierConfig[] = [
  { kind: 'number', tolerance: 0 },
  { kind: 'exact', ignoreCase: true, marker: '####' },
  { kind: 'choice', choices: 'ABCD' },
  { kind: 'regex', pattern: '(\\d+)\\s*$', flags: 'm' },
  { kind: 'latex', timeoutMs: 1000 },
]
const repeated = (text: string) => text.repeat(Math.ceil(MB / text.length))
const HOSTILE = {
  'a megabyte of digits': repeated('7'),
  'a megabyte of grouped digits': repeated('123,'),
  'a megabyte of fractions': repeated('\\frac{1'),
  'a megabyte of numbers': repeated('1 '),
  'digits and spaces': `1${repeated(' ')}`,
  'open boxes': repeated('\\boxed{'),
  'one unbalanced box': `\\boxed{${repeated('{x')}`,
  'deeply nested boxes': `${repeated('\\boxed{')}1${'}'.repeat(MB / 7 + 1)}`,
  'deeply nested braces in a box': `\\boxed{${'{'.repeat(MB)}1${'}'.repeat(MB)}}`,
  'a megabyte of markers': repeated('#### '),
  dollars: repeated('$x'),
  'open parentheses': repeated('\\('),
  'answer is': repeated('answer is '),
  'a megabyte of newlines': repeated('\n'),
  'a megabyte of minus signs': repeated('-'),
  'a huge power': '1e999999999',
  'short nested parentheses': `\\boxed{${'('.repeat(450)}x${')'.repeat(450)}}`,
  'short nested roots': `\\boxed{${'\\sqrt{'.repeat(120)}x${'}'.repeat(121)}`,
}

describe.each(CONFIGS)('$kind', (config) => {
  it.each(Object.entries(HOSTILE))('is done quickly with %s', (_, text) => {
    const verifier = createVerifier(config)
    const started = performance.now()
    const { status, extracted } = verifier.verify(text, '1', false)
    expect(performance.now() - started).toBeLessThan(5000)
    expect(['correct', 'wrong', 'unparseable', 'timeout']).toContain(status)
    expect((extracted ?? '').length).toBeLessThanOrEqual(201)
    expect(['correct', 'wrong', 'truncated', 'timeout']).toContain(verifier.verify(text, '1', true).status)
  })
})
