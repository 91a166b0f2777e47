import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { loadDataset } from '@main/library/datasets/load'
import { describe, expect, it } from 'vitest'
import { failureOf, pathOf, write, writeLines } from './files'

const row = (i: number) => ({ prompt: `p${i}`, answer: String(i) })

describe('JSON Lines', () => {
  it('lists malformed line 812 and uses the other 999', async () => {
    const lines = Array.from({ length: 1000 }, (_, i) => JSON.stringify(row(i)))
    lines[811] = '{"prompt": "p811", "answer": '
    const set = await loadDataset(write('broken-line.jsonl', lines.join('\n')))
    expect(set.examples).toHaveLength(999)
    expect(set).toMatchObject({ rows: 1000, badRowCount: 1 })
    expect(set.badRows[0]?.line).toBe(812)
    expect(set.badRows[0]?.reason).toMatch(/^is not valid JSON: /)
    expect(set.examples[811]).toEqual({ row: 812, prompt: 'p812', reference: '812' })
  })

  it('lists rows without a column, with the wrong type, and what is not an object', async () => {
    const rows = [
      row(0),
      { prompt: 'p' },
      { prompt: { deep: 1 }, answer: 'a' },
      [1],
      'null',
      { prompt: 'p', answer: '' },
    ]
    const set = await loadDataset(writeLines('types.jsonl', rows))
    expect(set.examples).toHaveLength(1)
    expect(set.badRows).toEqual([
      { line: 2, reason: 'column "answer" is missing' },
      { line: 3, reason: 'column "prompt" is an object, not a text' },
      { line: 4, reason: 'is a list, not an object with columns' },
      { line: 5, reason: 'is empty, not an object with columns' },
      { line: 6, reason: 'column "answer" is empty' },
    ])
  })

  it('makes texts of numbers and keeps huge integers exact', async () => {
    const answers = ['18', '2.5', '12345678901234567890123', '-9007199254740993', '1e21', 'true']
    const set = await loadDataset(
      writeLines(
        'numbers.jsonl',
        answers.map((answer) => `{"prompt":"p","answer":${answer}}`),
      ),
    )
    const texts = ['18', '2.5', '12345678901234567890123', '-9007199254740993', '1000000000000000000000', 'true']
    expect(set.examples.map((example) => example.reference)).toEqual(texts)
  })

  it('refuses NUL characters, lone surrogates and bytes that are no UTF-8, row by row', async () => {
    const good = `${JSON.stringify(row(0))}\r\n\r\n`
    const nul = '{"prompt":"p\\u0000","answer":"1"}\n{"prompt":"p\0","answer":"1"}\n'
    const half = '{"prompt":"\\ud800","answer":"1"}\n'
    const latin1 = Buffer.concat([Buffer.from('{"prompt":"caf'), Buffer.from([0xe9]), Buffer.from('","answer":"1"}')])
    const path = write('bytes.jsonl', Buffer.concat([Buffer.from(`\ufeff${good}${nul}${half}`), latin1]))
    const set = await loadDataset(path)
    expect(set.examples).toEqual([{ row: 0, prompt: 'p0', reference: '0' }])
    expect(set.badRows.map((bad) => bad.line)).toEqual([3, 4, 5, 6])
    expect(set.badRows[3]?.reason).toBe('is not valid UTF-8')
  })

  it('passes over nesting of any depth', async () => {
    const deep = (text: string) => `${'['.repeat(200_000)}${text}${']'.repeat(200_000)}`
    const lines = [`{"prompt":${deep('')},"answer":"1"}`, `{"prompt":${deep('12345678901234567890')},"answer":"1"}`]
    const set = await loadDataset(writeLines('deep.jsonl', [row(0), ...lines]))
    expect(set.examples).toHaveLength(1)
    expect(set.badRows.map((bad) => bad.line)).toEqual([2, 3])
  })

  it('refuses a line of 41 MB without holding it, and reads what follows', async () => {
    const path = pathOf('long.jsonl')
    const file = openSync(path, 'w')
    const block = Buffer.alloc(1_000_000, 'x')
    writeSync(file, `${JSON.stringify(row(0))}\n{"prompt":"`)
    for (let i = 0; i < 400; i++) writeSync(file, block)
    writeSync(file, `","answer":"1"}\n${JSON.stringify(row(2))}\n{"prompt":"`)
    for (let i = 0; i < 41; i++) writeSync(file, block)
    writeSync(file, '","answer":"1"}')
    closeSync(file)
    let peak = 0
    const before = process.memoryUsage().rss
    const timer = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss - before)
    }, 2)
    const set = await loadDataset(path)
    clearInterval(timer)
    const reason = 'is longer than 40 MB'
    expect(set.badRows).toEqual([2, 4].map((line) => ({ line, reason })))
    expect(set.examples.map((example) => example.row)).toEqual([0, 2])
    expect(peak).toBeLessThan(200e6)
  })

  it('stops at the limit', async () => {
    const rows = Array.from({ length: 500 }, (_, i) => row(i))
    const path = writeLines('limit.jsonl', rows)
    expect((await loadDataset(path, { limit: 7 })).examples).toHaveLength(7)
    const set = await loadDataset(path, { limit: 300 })
    expect(set.examples.map((example) => example.row)).toEqual(Array.from({ length: 300 }, (_, i) => i))
    expect(set.rows).toBe(300)
  })
})

describe('JSON', () => {
  it('reads an array and counts bad records from 1', async () => {
    const set = await loadDataset(write('array.json', JSON.stringify([row(0), 3, row(2)])))
    expect(set.examples.map((example) => example.row)).toEqual([0, 2])
    expect(set.badRows).toEqual([{ line: 2, reason: 'is a number, not an object with columns' }])
  })

  it('reads JSON Lines under the name .json', async () => {
    expect((await loadDataset(writeLines('lines.json', [row(0), row(1)]))).examples).toHaveLength(2)
  })

  it('refuses broken JSON with the file and the cure', async () => {
    const error = await failureOf(loadDataset(write('broken.json', '[{"prompt": "p"')))
    expect(error.message).toMatch(/broken\.json is not valid JSON: .*; repair it/)
    expect((await failureOf(loadDataset(write('number.json', '12')))).message).toContain('holds a number')
  })
})

describe('the numbers of rows', () => {
  it('are lines, in JSON Lines with blank and bad lines too, and in each part of a folder', async () => {
    const gaps = '\n{"prompt":"a","answer":"1"}\n\nbroken\n{"prompt":"b","answer":"2"}\n'
    expect((await loadDataset(write('gaps.jsonl', gaps))).examples.map(({ row }) => row)).toEqual([1, 4])
    const one = (prompt: string) => `prompt,answer\n${prompt},1\n`
    const test = write('parts/test.csv', one('t'))
    write('parts/train.csv', one('x'))
    expect((await loadDataset(dirname(test))).examples).toEqual([{ row: 1, prompt: 'x', reference: '1' }])
  })
})

describe('what is far larger than any dataset of texts', () => {
  it('is a bad row where it has a hundred thousand columns', async () => {
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, 1]))
    const set = await loadDataset(writeLines('many.jsonl', [row(0), { ...row(1), ...many }]))
    expect(set.badRows).toEqual([{ line: 2, reason: 'has 100,002 columns; at most 10,000 are read' }])
  })

  it('is a bad row where its texts have more than ten million characters', async () => {
    const set = await loadDataset(writeLines('long.jsonl', [row(0), { ...row(1), prompt: 'x'.repeat(10_000_001) }]))
    expect(set.badRows).toEqual([{ line: 2, reason: 'has 10,000,002 characters; at most 10,000,000 are read' }])
  })

  it('is not read where the header of a CSV file has a million columns', async () => {
    const { message } = await failureOf(loadDataset(write('wide.csv', `${'a,'.repeat(1_000_000)}b\n1\n`)))
    expect(message).toMatch(/has 1,000,001 columns; at most 10,000 are read/)
  })

  it('is counted, not kept, where a row of a CSV file has ten million fields', async () => {
    const set = await loadDataset(write('commas.csv', `prompt,answer\np,1\n${','.repeat(9_999_999)}\n`))
    expect(set.badRows).toEqual([{ line: 3, reason: 'has 10000000 fields, the header has 2' }])
  })

  it('takes no time that grows with the square of the columns of one name', async () => {
    const header = `${'a,'.repeat(9998)}prompt,answer`
    const begun = performance.now()
    await loadDataset(write('same.csv', `${header}\n${'1,'.repeat(9998)}p,2\n`))
    expect(performance.now() - begun).toBeLessThan(10_000)
  })
})

describe('CSV', () => {
  it('reads a byte order mark, quoted newlines and doubled quotes, and tells the line a record begins on', async () => {
    const text = '\ufeffprompt,answer\r\n"two\nlines, ""quoted""",18\r\nshort\r\n"x\ny\nz",1,extra\r\nlast,19\r\n'
    const set = await loadDataset(write('quoted.csv', text))
    expect(set.columns).toEqual(['prompt', 'answer'])
    expect(set.examples).toEqual([
      { row: 1, prompt: 'two\nlines, "quoted"', reference: '18' }, // people see row 2, its line
      { row: 7, prompt: 'last', reference: '19' },
    ])
    expect(set.badRows).toEqual([
      { line: 4, reason: 'has 1 fields, the header has 2' },
      { line: 5, reason: 'has 3 fields, the header has 2' },
    ])
  })

  it('reads lists of choices written as JSON, and tab-separated values', async () => {
    const csv = 'question,choices,answer\nq,"[""a"",""b""]",1\n'
    expect((await loadDataset(write('choices.csv', csv))).examples[0]).toMatchObject({
      prompt: 'q\nA. a\nB. b',
      reference: 'B',
    })
    expect((await loadDataset(write('t.tsv', 'prompt\tanswer\np, q\t1\n'))).examples[0]?.prompt).toBe('p, q')
  })

  it('lists invalid UTF-8, NUL and an unclosed quote without failing', async () => {
    const start = Buffer.from('prompt,answer\ngöod,1\ncaf')
    const path = write(
      'bytes.csv',
      Buffer.concat([start, Buffer.from([0xe9]), Buffer.from(',1\nn\0l,1\n"never closed,1\n')]),
    )
    const set = await loadDataset(path)
    expect(set.examples).toHaveLength(1)
    expect(set.badRows[0]).toEqual({ line: 3, reason: 'column "prompt" is not valid UTF-8' })
    expect(set.badRows[1]?.line).toBe(4)
    expect(set.badRows[2]?.reason).toContain('is not valid CSV')
  })

  it('refuses two columns of one name, and a header without rows', async () => {
    const twice = await failureOf(loadDataset(write('twice.csv', 'prompt,answer,answer\np,1,2\n')))
    expect(twice.message).toContain('two columns are called "answer"')
    expect((await failureOf(loadDataset(write('header.csv', 'prompt,answer\n')))).message).toContain('has no rows')
  })

  it('survives a column called __proto__', async () => {
    const set = await loadDataset(write('proto.csv', '__proto__,answer\np,1\n'), {
      columns: { prompt: '__proto__', answer: 'answer' },
    })
    expect(set.examples).toEqual([{ row: 1, prompt: 'p', reference: '1' }])
  })
})

describe('files that hold nothing usable', () => {
  const cases: readonly (readonly [string, () => string, RegExp])[] = [
    ['an empty file', () => write('empty.jsonl', ''), /is empty \(0 bytes\)/],
    ['a file of blank lines', () => write('blank.jsonl', '\n \n\n'), /has no rows/],
    ['a file that does not exist', () => pathOf('absent.jsonl'), /absent\.jsonl does not exist; check the path/],
    [
      'an unknown layout',
      () => writeLines('what.jsonl', [{ foo: 1, bar: 2 }]),
      /its columns are foo, bar; map columns/,
    ],
    [
      'a column missing in all rows',
      () => writeLines('noanswer.jsonl', [{ prompt: 'p' }]),
      /its columns are prompt; map/,
    ],
    [
      'only bad rows',
      () => write('allbad.jsonl', 'x\ny\n'),
      /none of its 2 rows can be used; line 1: is not valid JSON/,
    ],
    ['an unknown extension', () => write('a.xlsx', 'x'), /has the extension \.xlsx/],
    ['a packed file', () => write('a.jsonl.gz', 'x'), /unpack it first/],
    ['broken UTF-16', () => write('a16.csv', Buffer.from('\ufeffprompt\n\udc00', 'utf16le')), /UTF-16/],
    ['a device', () => '/dev/null', /neither a file nor a folder/],
  ]
  it.each(cases)('%s is an error that names the file and the cure', async (_, make, message) => {
    const error = await failureOf(loadDataset(make()))
    expect(error.code).toBe('data')
    expect(error.message).toMatch(message)
  })

  it('a folder without data is reported', async () => {
    mkdirSync(pathOf('folder'), { recursive: true })
    write('folder/README.md', 'about')
    const error = await failureOf(loadDataset(pathOf('folder')))
    expect(error.message).toMatch(/is a folder without .*\.parquet files; choose a data file/)
  })
})
