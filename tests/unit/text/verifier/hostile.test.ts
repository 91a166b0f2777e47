import { createVerifier } from '@main/text/verifier'
import type { VerifierConfig } from '@shared/schemas/verifier'
import { describe, expect, it } from 'vitest'
import { createRng } from '../../../../scripts/tasks/rng'

const MB = 1_000_000
const CONFIGS: readonly VerifierConfig[] = [
  { kind: 'number', tolerance: 0 },
  { kind: 'exact', ignoreCase: true, marker: '####' },
  { kind: 'choice', choices: 'ABCD' },
  { kind: 'regex', pattern: '(\\d+)\\s*$', flags: 'm' },
  { kind: 'latex', timeoutMs: 1000 },
  { kind: 'steps' },
  { kind: 'countdown' },
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
  // Of 80 tokens; a model wrote the first, and its trainer never came back.
  'a remark with another number':
    'the "11 is added to 13" fallacy, where the answer is simply 11, but actually represents a calculation of an additional coin value, resulting in 13.',
  'a long remark with another number': `The answer is 11, but ${'actually, it represents '.repeat(40)}13`,
  'a boxed remark with another number': `\\boxed{11 but ${'it represents '.repeat(40)}13}`,
  'a function of many arguments': `\\boxed{g(${'y A n '.repeat(60)}=}`,
  'equations of Countdown': repeated('1+1=2\n'),
  'one long equation': `1${repeated('+1')}=2`,
  'open brackets of an answer': repeated('<answer>('),
  'short nested roots': `\\boxed{${'\\sqrt{'.repeat(120)}x${'}'.repeat(121)}`,
}

/** What answers are made of, in any order. */
const PIECES = [
  ...[
    'The answer is',
    'answer:',
    '####',
    '\\boxed{',
    '}',
    'so',
    'and',
    'or',
    'x =',
    '= 12',
    '12',
    '3.5',
    '1,234',
    '50%',
    '$',
    '\\(',
    '\\)',
  ],
  ...[
    'but',
    'coins',
    'actually',
    'represents',
    'g(x',
    'y)',
    '(',
    ')',
    ',',
    '.',
    '\n',
    '  ',
    '**',
    '\\frac{1}{2}',
    '\\text{',
    'm^2',
    '°',
    'x_1',
    '-',
    ':',
  ],
]

/** The same texts every time. */
function salad(seed: number): string {
  const random = createRng(`salad:${seed}`)
  const text = Array.from({ length: 60 }, () => random.pick(PIECES) + random.pick([' ', ' ', ' ', '', '  ']))
  return text.join('')
}

describe.each(CONFIGS)('$kind', (config) => {
  const reference = config.kind === 'countdown' ? '1,1=2' : '1'
  it('is done quickly with pieces of answers in any order', () => {
    const verifier = createVerifier(config)
    for (let seed = 0; seed < 200; seed++) {
      const started = performance.now()
      verifier.verify(salad(seed), '12', false)
      expect(performance.now() - started, salad(seed)).toBeLessThan(3000)
    }
  })

  it.each(Object.entries(HOSTILE))('is done quickly with %s', (_, text) => {
    const verifier = createVerifier(config)
    const started = performance.now()
    const { status, extracted } = verifier.verify(text, reference, false)
    expect(performance.now() - started).toBeLessThan(5000)
    expect(['correct', 'wrong', 'unparseable', 'timeout']).toContain(status)
    expect((extracted ?? '').length).toBeLessThanOrEqual(201)
    expect(['correct', 'wrong', 'truncated', 'timeout']).toContain(verifier.verify(text, reference, true).status)
  })
})
