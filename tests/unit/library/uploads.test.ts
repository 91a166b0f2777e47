import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { beginUpload, cancelUpload, finishUpload, safeName, uploadPart } from '@main/library/datasets/uploads'
import { addEntry } from '@main/library/entries'
import { MAX_UPLOAD } from '@shared/contract/datasets'
import { describe, expect, it } from 'vitest'
import { open } from '../store/fixtures'
import { failureOf } from './files'

const base64 = (text: string) => Buffer.from(text).toString('base64')

describe('a file that comes in parts', () => {
  it('is put together beside the database, under a name that is free', async () => {
    const store = open()
    for (const expected of ['data.csv', 'data-2.csv']) {
      const upload = await beginUpload(store, 'data.csv', 10)
      await uploadPart(upload, 0, base64('hello '))
      await uploadPart(upload, 6, base64('file'))
      const path = await finishUpload(upload)
      expect([dirname(path), basename(path)]).toEqual([join(dirname(store.file), 'imports'), expected])
      expect(readFileSync(path, 'utf8')).toBe('hello file')
    }
  })

  it('refuses parts out of order, too much and too little', async () => {
    const upload = await beginUpload(open(), 'data.csv', 4)
    expect((await failureOf(uploadPart(upload, 2, base64('x')))).code).toBe('usage')
    expect((await failureOf(uploadPart(upload, 0, base64('too long')))).code).toBe('usage')
    await uploadPart(upload, 0, base64('abc'))
    expect((await failureOf(finishUpload(upload))).message).toMatch(/3 of 4 bytes/)
    await cancelUpload(upload)
    expect((await failureOf(uploadPart(upload, 3, base64('d')))).message).toMatch(/no longer in progress/)
  })

  it('leaves nothing behind when it is cancelled', async () => {
    const store = open()
    await cancelUpload(await beginUpload(store, 'data.csv', 4))
    expect(readdirSync(join(dirname(store.file), 'imports'))).toEqual([])
  })

  it('says what is too large, empty, or not read', async () => {
    const store = open()
    expect((await failureOf(beginUpload(store, 'big.csv', MAX_UPLOAD + 1))).message).toMatch(
      /can upload at most 2 GB: type the path/,
    )
    expect((await failureOf(beginUpload(store, 'empty.csv', 0))).message).toMatch(/is empty/)
    await cancelUpload(await beginUpload(store, 'rows.csv.zst', 5))
    expect((await failureOf(beginUpload(store, 'x.parquet.gz', 5))).message).toMatch(/\.gz: .*are read/)
    expect((await failureOf(beginUpload(store, 'run.exe', 5))).message).toMatch(/\.exe: .*are read/)
  })

  it('removes old copies that nothing refers to, and only those', async () => {
    const store = open()
    await cancelUpload(await beginUpload(store, 'first.csv', 4))
    const at = (name: string) => join(dirname(store.file), 'imports', name)
    for (const name of ['kept.csv', 'gone.csv', 'new.csv']) writeFileSync(at(name), 'x')
    for (const name of ['kept.csv', 'gone.csv']) utimesSync(at(name), 1, 1)
    addEntry(store, 'dataset', 'kept', at('kept.csv'))
    await beginUpload(store, 'next.csv', 4)
    expect([at('kept.csv'), at('gone.csv'), at('new.csv')].map((path) => existsSync(path))).toEqual([true, false, true])
  })
})

it.each([
  ['../../etc/passwd.csv', '_.._etc_passwd.csv'],
  ['C:\\x\\y.JSONL', 'C_x_y.jsonl'],
  ['..json', 'data.json'],
  ['../Rows.JSONL.gz', '_Rows.jsonl.gz'],
  ['über daten.csv', 'über daten.csv'],
  [`${'a'.repeat(300)}.csv`, `${'a'.repeat(100)}.csv`],
])('the name %j becomes %j', (name, safe) => {
  const made = safeName(name)
  expect(made).not.toMatch(/[/\\]|^\./)
  expect(made).toBe(safe)
})
