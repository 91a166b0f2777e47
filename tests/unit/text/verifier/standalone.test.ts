/** The verifiers as a file for Python, which runs where there is no Node. */
import { readFileSync } from 'node:fs'
import { createContext, runInContext } from 'node:vm'
import { createVerifier } from '@main/text/verifier'
import { verifierSchema } from '@shared/schemas/verifier'
import { expect, it } from 'vitest'
import { VERIFIER, verifierBundle } from '../../../../scripts/verifier-bundle'

const TEXTS = [
  'so\n#### 42',
  'The answer is (B).',
  String.raw`$x = \frac{1}{2}$`,
  '42.',
  'nothing',
  'x = 0.5',
  '(1 + 2) * 3 = 9',
]
const REFERENCES = ['42', 'B', '0.5', '1 2 3 9']
const VERIFIERS = ['number', 'exact', 'choice', 'latex', 'steps', 'countdown']
  .map((kind) => ({ kind }) as object)
  .concat({ kind: 'regex', pattern: '([0-9]+)' })

it('is current: npm run make-verifier', async () => {
  expect(await verifierBundle()).toBe(readFileSync(VERIFIER, 'utf8'))
})

it('gives the same verdicts without Node', () => {
  const alone = createContext({ performance: Date })
  runInContext(readFileSync(VERIFIER, 'utf8'), alone)
  let correct = 0
  for (const config of VERIFIERS) {
    const parsed = verifierSchema.parse(config)
    const ours = createVerifier(parsed)
    for (const text of TEXTS)
      for (const reference of REFERENCES)
        for (const isTruncated of [false, true]) {
          const given = JSON.stringify([JSON.stringify(parsed), text, reference, isTruncated])
          const verdict = JSON.parse(runInContext(`JSON.stringify(gpoVerifier.verdict(...${given}))`, alone) as string)
          expect(verdict, `${JSON.stringify(config)} of ${text}`).toEqual(ours.verify(text, reference, isTruncated))
          correct += verdict.reward
        }
  }
  expect(correct).toBeGreaterThan(5)
})
