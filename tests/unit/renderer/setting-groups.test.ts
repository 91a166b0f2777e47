/** Every group of settings has its place on the page New run: one that is left out could only be set in a file. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DESCRIBED_LEAVES } from '@shared/plan/fields'
import { expect, it } from 'vitest'

const folder = resolve(import.meta.dirname, '../../../src/renderer/src/features/new-run')
const pages = readdirSync(folder)
  .filter((name) => name.endsWith('.tsx'))
  .map((name) => readFileSync(join(folder, name), 'utf8'))
  .join('\n')

it.each([...new Set(DESCRIBED_LEAVES.map(({ group }) => group))])('%s', (group) => {
  expect(pages).toContain(`<SettingGroup name="${group}"`)
})
