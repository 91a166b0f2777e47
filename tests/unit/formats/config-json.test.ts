/** Files of models that would be far larger in memory than on disk. */
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { collectedRun } from '@main/export/collection/folder'
import { readJsonObject, TOKENIZER } from '@main/formats/config-json'
import { afterAll, expect, test } from 'vitest'
import { errorOf } from '../store/fixtures'

const folder = mkdtempSync(join(tmpdir(), 'gpo-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

const brackets = `{"a":[${'[],'.repeat(600_000)}[]]}`

test('a config that is mostly brackets is not parsed; a tokenizer may be as large', () => {
  const file = write('config.json', brackets)
  expect(() => readJsonObject(file)).toThrow('has more than 1,000,000 values')
  expect(readJsonObject(file, TOKENIZER)).toHaveProperty('a')
})

test('a config of a gigabyte is not read', () => {
  const file = write('config.json', '{}')
  truncateSync(file, 1e9)
  expect(() => readJsonObject(file)).toThrow('has 1,000,000,000 bytes; at most 64,000,000 are read')
})

test('a description of a collection that is mostly brackets is not parsed', () => {
  write('collection.json', brackets)
  expect(errorOf(() => collectedRun(folder)).cause).toMatchObject({ message: 'it has more than 1,000,000 values' })
})
