import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { kernelModule, MODULE } from '../../../../scripts/kernels'

test('the module is what adamw.wat says: npm run make-kernels', async () => {
  const numbers = (text: string) => [...text.matchAll(/'([^']+)'/g)].map(([, line]) => line).join('')
  expect(numbers(readFileSync(MODULE, 'utf8'))).toBe(numbers(await kernelModule()))
})
