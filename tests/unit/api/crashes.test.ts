import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { crashLines } from '../../../src/main/api/crashes'

const folder = mkdtempSync(join(tmpdir(), 'gpo-crashes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('says where crashes are recorded, how many and when, and nothing of what is in them', () => {
  expect(crashLines(undefined)).toEqual(['not recorded by this host'])
  expect(crashLines(join(folder, 'missing'))).toEqual(['none'])
  mkdirSync(join(folder, 'pending'))
  for (let i = 1; i <= 6; i++) {
    const file = join(folder, 'pending', `${i}.dmp`)
    writeFileSync(file, 'secret'.repeat(i))
    utimesSync(file, i * 1000, i * 1000)
  }
  writeFileSync(join(folder, 'settings.dat'), 'x')
  const lines = crashLines(folder)
  expect(lines[0]).toBe(`6 in ${folder}`)
  expect(lines.slice(1)).toHaveLength(5)
  expect(lines[1]).toBe('1970-01-01T01:40:00.000Z, 36 bytes')
  expect(lines.join()).not.toContain('secret')
})
