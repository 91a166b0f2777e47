import { loadDataset } from '@main/library/datasets/load'
import { readParquet } from '@main/library/datasets/read/read-parquet'
import { GpoError } from '@shared/errors'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import { failureOf, pathOf, write } from './files'

type Column = Parameters<typeof parquetWriteBuffer>[0]['columnData'][number]

const parquet = (columnData: Column[], rowGroupSize?: number) =>
  new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize }))

const questions = (from: number, count: number): Column[] => {
  const ids = Array.from({ length: count }, (_, i) => from + i)
  return [
    { name: 'question', data: ids.map((i) => `How many is ${i}?`), type: 'STRING' },
    { name: 'answer', data: ids.map((i) => `It is ${i}.\n#### ${i}`), type: 'STRING' },
    { name: 'unused', data: ids.map((i) => i / 2), type: 'DOUBLE' },
  ]
}

describe('Parquet', () => {
  it('reads a file of several row groups', async () => {
    const set = await loadDataset(write('gsm8k.parquet', parquet(questions(0, 2500), 1000)))
    expect(set).toMatchObject({
      layout: 'gsm8k',
      rows: 2500,
      badRowCount: 0,
      columns: ['question', 'answer', 'unused'],
    })
    expect(set.examples[2499]).toMatchObject({ row: 2499, prompt: 'How many is 2499?', reference: '2499' })
  })

  it('reads a folder as one set, in the order of the names, and stops at the limit', async () => {
    write('set/data/train-00001-of-00002.parquet', parquet(questions(3, 3)))
    write('set/data/train-00000-of-00002.parquet', parquet(questions(0, 3)))
    write('set/README.md', 'about')
    const set = await loadDataset(pathOf('set'))
    expect(set.examples.map((example) => example.reference)).toEqual(['0', '1', '2', '3', '4', '5'])
    expect(set.examples.map((example) => example.row)).toEqual([0, 1, 2, 3, 4, 5])
    expect(set.files).toHaveLength(2)
    expect((await loadDataset(pathOf('set'), { limit: 4 })).examples).toHaveLength(4)
  })

  it('asks which folder where several hold Parquet files', async () => {
    write('configs/main/train.parquet', parquet(questions(0, 1)))
    write('configs/socratic/train.parquet', parquet(questions(0, 1)))
    expect((await failureOf(loadDataset(pathOf('configs')))).message).toContain(
      'main, socratic; choose one of these folders',
    )
  })

  it('reads nested lists, 64-bit integers, nulls and mapped columns', async () => {
    const path = write(
      'mmlu.parquet',
      parquet([
        { name: 'question', data: ['a?', 'b?', null] },
        { name: 'choices', data: ['["x","y"]', '["x","y"]', '["x","y"]'], type: 'STRING' },
        { name: 'gold', data: [1n, 0n, 1n], type: 'INT64' },
      ]),
    )
    const columns = { prompt: 'question', answer: 'gold', choices: 'choices' }
    const set = await loadDataset(path, { columns })
    expect(set.layout).toBe('mmlu')
    expect(set.examples.map((example) => example.reference)).toEqual(['B', 'A'])
    expect(set.badRows).toEqual([{ line: 3, reason: 'column "question" is empty, not a text' }])
  })

  it('reads real lists of choices', async () => {
    const bytes = parquetWriteBuffer({
      columnData: [
        { name: 'question', data: ['2 + 2?'] },
        { name: 'choices', data: [['3', '4', '5', '6']] },
        { name: 'answer', data: [1] },
      ],
      schema: [
        { name: 'root', num_children: 3 },
        { name: 'question', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
        { name: 'choices', converted_type: 'LIST', repetition_type: 'OPTIONAL', num_children: 1 },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        { name: 'element', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
        { name: 'answer', type: 'INT32', repetition_type: 'OPTIONAL' },
      ],
    })
    const set = await loadDataset(write('lists.parquet', new Uint8Array(bytes)))
    expect(set.examples).toEqual([{ row: 0, prompt: '2 + 2?\nA. 3\nB. 4\nC. 5\nD. 6', reference: 'B' }])
  })

  it('refuses what is not Parquet, and a file cut short', async () => {
    const bytes = parquet(questions(0, 10))
    const cut = await failureOf(loadDataset(write('cut.parquet', bytes.subarray(0, bytes.length - 9))))
    expect(cut.code).toBe('data')
    expect(cut.message).toMatch(/cut\.parquet cannot be read as Parquet: .*; download or export it again/)
    expect((await failureOf(loadDataset(write('tiny.parquet', 'PAR1')))).message).toContain('cannot be read as Parquet')
    expect((await failureOf(loadDataset(write('text.parquet', 'hello')))).message).toContain(
      'cannot be read as Parquet',
    )
  })

  it('gives up a decoder that a negative page size sends round in circles', async () => {
    const ids = Array.from({ length: 12 }, (_, i) => i)
    const bytes = parquet([
      { name: 'question', data: ids.map((i) => `How ${i % 3}?`), type: 'STRING' },
      { name: 'answer', data: ids, type: 'INT32' },
    ])
    bytes[55] = (bytes[55] ?? 0) ^ 0x80
    const rows = readParquet(write('circle.parquet', bytes), { maxSilenceMs: 3000 })
    expect((await failureOf(rows.next())).message).toContain('decoding it took longer than 3 s')
  })

  it('ends in a set or in a GpoError, never in anything else, whichever byte is flipped', async () => {
    const bytes = parquet(questions(0, 20))
    const step = Math.ceil(bytes.length / 100)
    const endings = { set: 0, refused: 0 }
    for (let at = 0; at < bytes.length; at += step) {
      const broken = Uint8Array.from(bytes, (byte, i) => (i === at ? byte ^ 0xff : byte))
      const error = await loadDataset(write('flip.parquet', broken)).then(
        () => null,
        (thrown: unknown) => thrown,
      )
      if (error !== null && !(error instanceof GpoError)) throw error
      endings[error === null ? 'set' : 'refused']++
    }
    expect(endings.refused).toBeGreaterThan(20)
  }, 300_000)
})
