/** What only the developer's loop needs is not in the program that is built. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, inject, it } from 'vitest'
import '../../support/provided'

const built = () => dirname(dirname(inject('program')))

const filesOf = (pattern: RegExp): readonly string[] =>
  readdirSync(built(), { recursive: true, encoding: 'utf8' })
    .filter((file) => pattern.test(file))
    .map((file) => join(built(), file))

const sourcesOf = (map: string): readonly string[] =>
  (JSON.parse(readFileSync(map, 'utf8')) as { sources: string[] }).sources

it('none of its code was made of src/main/dev', () => {
  const sources = filesOf(/^main.*\.map$/).flatMap(sourcesOf)
  expect(sources.some((source) => source.endsWith('src/main/host/pages.ts'))).toBe(true)
  expect(sources.filter((source) => source.includes('/main/dev/'))).toEqual([])
})

it('it knows no settings of the loop, no hot reload, and one policy', () => {
  const code = filesOf(/\.(cjs|js|html)$/).map((file) => readFileSync(file, 'utf8'))
  expect(code.length).toBeGreaterThan(5)
  for (const text of code) expect(text).not.toMatch(/GPO_DEV|@vite\/client|import\.meta\.hot|nonce-/)
  const policies = code.flatMap((text) => text.match(/"script-src [^"]*"/g) ?? [])
  expect(policies).toEqual([`"script-src 'self'"`])
})
