/** Points of Electron's security checklist that are things not to do: no source does them. docs/security.md has the others and their tests. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../../..')
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(ts|tsx|html)$/.test(name))
  .map((name) => ({ name, text: readFileSync(join(root, 'src', name), 'utf8') }))

const NEVER: readonly (readonly [point: string, pattern: RegExp])[] = [
  ['webSecurity is not touched', /\bwebSecurity\b/],
  ['insecure content does not run', /\ballowRunningInsecureContent\b/],
  ['experimental features stay off', /\bexperimentalFeatures\b/],
  ["Blink's features stay as they are", /\benableBlinkFeatures\b/],
  ['no webview may open windows', /\ballowpopups\b/i],
  ['nothing is opened outside of the program', /\bopenExternal\b/],
  ['no page is loaded from a file', /\bloadFile\(|loadURL\((['"`])file:/],
  ['no window has Node', /nodeIntegration(InWorker|InSubFrames)?: true|contextIsolation: false|sandbox: false/],
  ['the old remote module is not there', /@electron\/remote|enableRemoteModule/],
]

describe('in all sources', () => {
  it.each(NEVER)('%s', (_, pattern) => {
    expect(sources.filter(({ text }) => pattern.test(text)).map(({ name }) => name)).toEqual([])
  })

  it('the patterns find what they are for', () => {
    expect(sources.length).toBeGreaterThan(500)
    const bad = `webSecurity: false, allowRunningInsecureContent: 1, experimentalFeatures: 1, enableBlinkFeatures: '', allowpopups, shell.openExternal(x), loadFile('x'), nodeIntegration: true, require('@electron/remote')`
    for (const [point, pattern] of NEVER) expect(bad, point).toMatch(pattern)
  })
})

it('Electron is not older than the version that the checklist was last gone through with', () => {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>
  }
  expect(Number(/\d+/.exec(devDependencies['electron'] ?? '')?.[0])).toBeGreaterThanOrEqual(45)
})

it('every point of the checklist has its row, and every test that a row names is there', () => {
  const rows = readFileSync(join(root, 'docs/security.md'), 'utf8')
    .split('\n')
    .filter((line) => /^\| \d+ \|/.test(line))
  expect(rows.map((row) => Number(/\d+/.exec(row)?.[0]))).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
  const named = new Set(rows.flatMap((row) => [...row.matchAll(/`((?:e2e|unit)\/[\w/-]+)`/g)].map(([, name]) => name!)))
  const there = readdirSync(join(root, 'tests'), { recursive: true, encoding: 'utf8' })
  const missing = [...named].filter((name) => !there.some((file) => file.replaceAll('\\', '/') === `${name}.test.ts`))
  expect(missing).toEqual([])
})
