import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { releaseNotes } from '../../../../src/renderer/src/features/settings/release-notes'

it('is versions with points, as plain text in one line each', () => {
  const text =
    '# Changelog\n\n## 0.2.0\n\n- `gpo x` does\n  more.\n- See [the page](docs/a.md).\n\n## 0.1.0\n\n- First.\n'
  expect(releaseNotes(text)).toEqual([
    { title: '0.2.0', points: ['gpo x does more.', 'See the page.'] },
    { title: '0.1.0', points: ['First.'] },
  ])
  expect(releaseNotes('')).toEqual([])
})

it('the program’s own has a version with points', () => {
  const own = releaseNotes(readFileSync(resolve(import.meta.dirname, '../../../../CHANGELOG.md'), 'utf8'))
  expect(own[0]?.title).toMatch(/^\d+\.\d+\.\d+/)
  expect(own[0]?.points.length).toBeGreaterThan(5)
})
