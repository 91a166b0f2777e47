import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { gpo, temporaryFolder } from '../../support/gpo'

it('every command of `gpo` is in the README', async () => {
  const { stdout } = await gpo(temporaryFolder(), '--help')
  const listed = stdout.slice(stdout.indexOf('Commands:'), stdout.indexOf('Exit codes:'))
  const commands = [...listed.matchAll(/^ {2}(\w+)/gm)].map(([, name = '']) => name).filter((name) => name !== 'help')
  expect(commands).toContain('study')
  const readme = readFileSync(resolve(import.meta.dirname, '../../../README.md'), 'utf8')
  expect(commands.filter((name) => !new RegExp(`gpo (-- )?${name}\\b|npm run ${name}\\b`).test(readme))).toEqual([])
})
