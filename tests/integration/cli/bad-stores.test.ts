import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectFailure, gpo, planOf, show, temporaryFolder, writePlan, writeRows } from '../../support/gpo'

const home = temporaryFolder()
const plan = () => writePlan(home, planOf(writeRows(home), { objective: { kind: 'grpo' } }))

beforeAll(async () => {
  const { code, stderr } = await gpo(home, 'train', plan())
  expect(stderr).toMatch(/completed/)
  expect(code).toBe(0)
})

describe('a database that cannot be used', () => {
  const commands = (file: string) => [
    ['runs', '--db', file],
    ['train', plan(), '--db', file],
    ['resume', 'last', '--db', file],
  ]

  it('was made by a newer version, and stays as it is', async () => {
    const file = join(home, 'newer.db')
    writeFileSync(file, readFileSync(join(home, 'runs.db')))
    const db = new Database(file)
    db.pragma('user_version = 99')
    db.close()
    for (const args of commands(file))
      expectFailure(
        await gpo(home, ...args),
        7,
        /newer\.db has version 99; this program knows versions up to \d+: install/,
      )
    const after = new Database(file)
    expect(after.pragma('user_version', { simple: true })).toBe(99)
    after.close()
  })

  it('is not a database, and stays as it is', async () => {
    const file = join(home, 'notes.db')
    writeFileSync(file, 'Not a database, but a long enough text. '.repeat(100))
    const before = readFileSync(file)
    for (const args of commands(file))
      expectFailure(await gpo(home, ...args), 7, /notes\.db is not a database: choose another file/)
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  it('belongs to another program', async () => {
    const file = join(home, 'other.db')
    const db = new Database(file)
    db.exec('CREATE TABLE recipes (name TEXT)')
    db.close()
    expectFailure(await gpo(home, 'runs', '--db', file), 7, /other\.db belongs to another program: choose another file/)
  })

  it('is a folder', async () => {
    expectFailure(await gpo(home, 'runs', '--db', home), 7, /cannot be opened: check that the path is a file/)
  })
})

describe('a run that does not exist', () => {
  const messages = [/no run "nothing" in .*runs\.db: `gpo runs` lists them/]
  const question = ['--data', 'bundled:chain-arithmetic/test']

  it.each([
    ['show', ['show', 'nothing']],
    ['resume', ['resume', 'nothing']],
    ['export', ['export', 'nothing', '--out', 'anywhere']],
    ['eval', ['eval', '--model', 'nothing', ...question]],
    ['critical', ['critical', '--model', 'nothing', ...question]],
    ['score', ['score', '--model', 'nothing', '--prompt', 'a', '--completion', 'b']],
  ])('is said by gpo %s', async (_, args) => {
    const ended = await gpo(home, ...args, '--json')
    expectFailure(ended, 8, ...messages)
    expect(ended.stdout).toBe('')
  })

  it('leaves no database where there was none', async () => {
    const empty = temporaryFolder()
    const question = ['--prompt', 'a', '--completion', 'b']
    for (const args of [
      ['score', '--model', 'nothing', ...question],
      ['show', 'last'],
      ['resume', 'last'],
    ])
      expectFailure(await gpo(empty, ...args), 8, /no run "\w+": .*runs\.db does not exist yet/)
    expect(readdirSync(empty)).toEqual([])
  })

  it('may be meant by too short a beginning of an id', async () => {
    await gpo(home, 'train', plan())
    const { id } = await show(home)
    expectFailure(await gpo(home, 'show', id.slice(0, 2)), 8, /matches 2 runs: .*; give more characters of the id/)
  })
})

describe('a run that cannot be resumed', () => {
  it('is completed', async () => {
    expectFailure(await gpo(home, 'resume', 'last'), 2, /is completed \(2 iterations\): start a new one/)
    expect((await show(home)).status).toBe('completed')
  })
})

describe('an export', () => {
  it('does not touch a folder that is not empty', async () => {
    const out = join(home, 'full')
    mkdirSync(out)
    writeFileSync(join(out, 'thesis.txt'), 'mine')
    expectFailure(await gpo(home, 'export', 'last', '--out', out), 2, /full is not empty: choose a folder/)
    expect(readdirSync(out)).toEqual(['thesis.txt'])
  })

  it('does not replace a file', async () => {
    const out = join(home, 'file')
    writeFileSync(out, 'mine')
    expectFailure(await gpo(home, 'export', 'last', '--out', out), 2, /file/)
    expect(readFileSync(out, 'utf8')).toBe('mine')
  })

  it('knows its formats', async () => {
    const out = join(home, 'none')
    expectFailure(await gpo(home, 'export', 'last', '--out', out, '--format', 'pickle'), 2, /pickle.*safetensors/)
    expectFailure(await gpo(home, 'export', 'last', '--out', out, '--dtype', 'F8'), 2, /F8.*F32, F16, BF16/)
    expect(existsSync(out)).toBe(false)
  })
})
