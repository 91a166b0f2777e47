import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publishFile } from '@main/export/export-file'
import { afterAll, expect, test } from 'vitest'

const home = mkdtempSync(join(tmpdir(), 'publish-'))
afterAll(() => rmSync(home, { recursive: true }))
const out = join(home, 'model.gguf')
const write = async (file: string) => writeFileSync(file, 'new')
const fail = async (file: string) => {
  writeFileSync(file, 'half')
  throw new Error('the disk is full')
}

test('a file is replaced only by a whole one, and only where that is wanted', async () => {
  writeFileSync(out, 'old')
  await expect(publishFile(out, false, write)).rejects.toThrow(/model\.gguf exists already/)
  await expect(publishFile(out, true, fail)).rejects.toThrow(/disk is full/)
  expect(readFileSync(out, 'utf8')).toBe('old')
  expect(readdirSync(home)).toEqual(['model.gguf'])
  await publishFile(out, true, write)
  expect(readFileSync(out, 'utf8')).toBe('new')
  expect(readdirSync(home)).toEqual(['model.gguf'])
})
