import { writeFileSync } from 'node:fs'
import {
  addDataset,
  changeDataset,
  datasetRows,
  describe as describeDataset,
  listDatasets,
} from '@main/library/datasets/list'
import { describe, expect, it } from 'vitest'
import { open } from '../store/fixtures'
import { failureOf, write, writeLines } from './files'

const HOSTILE = '<script>alert(1)</script>'
const rows = Array.from({ length: 250 }, (_, i) => `question ${i},${i},x,y`)

const hostileFile = (name: string) => write(name, [`${HOSTILE},réponse,__proto__,constructor`, ...rows].join('\n'))

describe('a set whose columns are not known', () => {
  it('is listed with the reason, and usable once its columns have parts', async () => {
    const store = open()
    const id = await addDataset(store, hostileFile('hostile.csv'))
    const [before] = (await listDatasets(store)).filter((item) => item.id === id)
    expect(before).toMatchObject({ layout: null, columns: {}, usable: null, verifier: null })
    expect(before?.problem).toMatch(/has no known layout/)

    await changeDataset(store, id, { columns: { prompt: HOSTILE, answer: 'réponse' } })
    const { item, roles, columnNames } = await describeDataset(store, id)
    expect(item).toMatchObject({ problem: null, usable: 250, layout: 'prompt-answer', verifier: { kind: 'number' } })
    expect(item.columns).toEqual({ prompt: HOSTILE, answer: 'réponse' })
    expect(roles).toEqual({ prompt: HOSTILE, answer: 'réponse' })
    expect(columnNames).toEqual([HOSTILE, 'réponse', '__proto__', 'constructor'])
  })

  it('keeps both of two changes that are made at once, and a reading that began before them undoes neither', async () => {
    const store = open()
    const id = await addDataset(store, hostileFile('together.csv'))
    await Promise.all([
      listDatasets(store),
      describeDataset(store, id),
      changeDataset(store, id, { assign: { place: HOSTILE, role: 'prompt' } }),
      changeDataset(store, id, { assign: { place: 'réponse', role: 'answer' } }),
      changeDataset(store, id, { name: 'together' }),
    ])
    const { item } = await describeDataset(store, id)
    expect(item).toMatchObject({ name: 'together', columns: { prompt: HOSTILE, answer: 'réponse' }, problem: null })
  })

  it('keeps the roles that were recognised when one of them is changed', async () => {
    const store = open()
    const id = await addDataset(store, write('known.csv', 'question,answer,other\nq,a,o'))
    await changeDataset(store, id, { assign: { place: 'other', role: 'answer' } })
    expect((await describeDataset(store, id)).roles).toEqual({ prompt: 'question', answer: 'other' })
  })

  it('may have the names of an object’s own parts', async () => {
    const store = open()
    const id = await addDataset(store, hostileFile('proto.csv'))
    await changeDataset(store, id, { columns: { prompt: '__proto__', answer: 'constructor' } })
    expect((await describeDataset(store, id)).item).toMatchObject({ problem: null, usable: 250 })
    expect(Object.prototype).not.toHaveProperty('prompt')
  })
})

describe('rows of a set', () => {
  it('come page by page, forwards and back, as they are in the file', async () => {
    const store = open()
    const id = await addDataset(store, hostileFile('pages.csv'))
    const first = await datasetRows(store, id, { cursor: 0, limit: 80 })
    expect(first).toMatchObject({ columns: [HOSTILE, 'réponse', '__proto__', 'constructor'], columnCount: 4, next: 80 })
    expect(first.rows[79]).toEqual({ row: 80, line: 81, cells: ['question 79', '79', 'x', 'y'], problem: null })
    const numbers: number[] = []
    let next: number | null = 0
    while (next !== null) {
      const page = await datasetRows(store, id, { cursor: next, limit: 80 })
      numbers.push(...page.rows.map(({ row }) => row))
      next = page.next
    }
    expect(numbers).toEqual(rows.map((_, i) => i + 1)) // the header is line 0
    expect((await datasetRows(store, id, { cursor: 240, limit: 80 })).rows).toHaveLength(10)
    expect((await datasetRows(store, id, { cursor: 130, limit: 2 })).rows[0]?.cells[0]).toBe('question 130')
  })

  it('say why they cannot be used', async () => {
    const store = open()
    const lines = [{ prompt: 'a', answer: '1' }, '{"broken', { prompt: '', answer: '2' }]
    const id = await addDataset(store, writeLines('bad.jsonl', lines))
    const page = await datasetRows(store, id, { cursor: 0, limit: 10 })
    expect(page.rows.map(({ line, problem }) => [line, problem !== null])).toEqual([
      [1, false],
      [2, true],
      [3, true],
    ])
    expect((await describeDataset(store, id)).badRows.map(({ line }) => line)).toEqual([2, 3])
  })

  it('are cut where they are long, and lists are shown as they are', async () => {
    const store = open()
    const id = await addDataset(store, writeLines('long.jsonl', [{ prompt: 'x'.repeat(5000), answer: ['a', 1] }]))
    const [row] = (await datasetRows(store, id, { cursor: 0, limit: 1 })).rows
    expect(row?.cells[0]).toHaveLength(601)
    expect(row?.cells[1]).toBe('["a",1]')
  })
})

it('a set that changes on disk is read again', async () => {
  const store = open()
  const file = writeLines('grows.jsonl', [{ prompt: 'a', answer: '1' }])
  const id = await addDataset(store, file)
  writeFileSync(file, '{"prompt":"a","answer":"1"}\n{"prompt":"b","answer":"2"}\n')
  expect((await listDatasets(store)).find((item) => item.id === id)?.usable).toBe(2)
})

it('bundled datasets cannot be changed', async () => {
  const { code } = await failureOf(changeDataset(open(), 'bundled:chain-arithmetic', { columns: { prompt: 'id' } }))
  expect(code).toBe('usage')
})
