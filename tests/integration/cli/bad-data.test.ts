import { closeSync, existsSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { expectFailure, gpo, jsonLines, planOf, show, temporaryFolder, writePlan } from '../../support/gpo'

const folder = temporaryFolder()
const row = (prompt: string, answer = 'e') => JSON.stringify({ prompt, answer })

function file(name: string, lines: readonly string[]): string {
  const path = join(folder, name)
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''))
  return path
}

const planFor = (rows: string) => writePlan(folder, planOf(rows, { objective: { kind: 'grpo' } }))

/** The run is refused before it exists. */
async function refused(rows: string, ...messages: readonly RegExp[]): Promise<void> {
  const home = temporaryFolder()
  const ended = await gpo(home, 'train', planFor(rows), '--json')
  expectFailure(ended, 3, ...messages)
  expect(ended.stdout).toBe('')
  expect(existsSync(join(home, 'runs'))).toBe(false)
  expect(jsonLines(await gpo(home, 'runs', '--json'))).toEqual([])
}

describe('a dataset with bad rows', () => {
  it('warns of a malformed line by its number, and trains on the others', async () => {
    const home = temporaryFolder()
    const lines = Array.from({ length: 820 }, (_, i) => (i === 811 ? '{"prompt": "1+1=", "answer": ' : row(`${i}=`)))
    const ended = await gpo(home, 'train', planFor(file('malformed.jsonl', lines)))
    expect(ended.stderr).toMatch(/warning: .*malformed\.jsonl: 1 of 820 rows cannot be used \(first: line 812: .*JSON/)
    expect(ended.code).toBe(0)
    expect((await show(home)).status).toBe('completed')
  })

  it('warns of a line of 41 MB, and trains on the others', async () => {
    const home = temporaryFolder()
    const path = file('long.jsonl', [row('1+1=')])
    const handle = openSync(path, 'a')
    writeSync(handle, `{"prompt": "${'x'.repeat(41_000_000)}", "answer": "e"}\n${row('2+2=')}\n`)
    closeSync(handle)
    const ended = await gpo(home, 'train', planFor(path))
    expect(ended.stderr).toMatch(
      /warning: .*long\.jsonl: 1 of 3 rows cannot be used \(first: line 2: is longer than 40 MB/,
    )
    expect(ended.code).toBe(0)
  })
})

describe('a dataset with rows that are too long', () => {
  it('is trained on without them; they are counted and kept in the run’s record', async () => {
    const home = temporaryFolder()
    const cases = join(import.meta.dirname, '../../unit/library/cases')
    const ended = await gpo(home, 'train', join(cases, 'd03-one-long-row.plan.json'))
    expect(ended.stderr).toMatch(/warning: 1 row of 20 for training left out because it is longer than .*: row 18 \(/)
    expect(ended.code).toBe(0)
    const { status, environment } = await show(home)
    expect(status).toBe('completed')
    expect(environment).toMatchObject({
      'training data': 'used: prompt, answer; unused: nothing',
      'rows left out': expect.stringContaining('row 18'),
    })
  })
})

describe('a dataset that cannot be used', () => {
  it('is empty', () => refused(file('empty.jsonl', []), /empty\.jsonl is empty \(0 bytes\)/))

  it('has nothing but blank lines', () => refused(file('blank.jsonl', ['', '  ']), /blank\.jsonl/))

  it('lacks a column, and its columns are named', () =>
    refused(file('columns.jsonl', ['{"frage": "1+1=", "antwort": "2"}']), /columns\.jsonl/, /frage/, /antwort/))

  it('has no reference answers to judge by', () =>
    refused(file('answers.jsonl', ['{"prompt": "1+1=", "completion": "2"}']), /no reference answers/, /answer/))

  it('does not exist', () => refused(join(folder, 'none.jsonl'), /none\.jsonl does not exist/))

  it('has prompts longer than the model reads, where the plan refuses them; then there is no run', async () => {
    const home = temporaryFolder()
    const path = file('prompt.jsonl', [row('1+1='), row('1+'.repeat(200)), row('2+2=')])
    const ended = await gpo(home, 'train', planFor(path), '--set', 'data.tooLong=refuse')
    expectFailure(ended, 2, /data\.train\.path: Row 2 has \d+ prompt tokens; the model has 128 positions/)
    expect(jsonLines(await gpo(home, 'runs', '--json'))).toEqual([])
  })
})
