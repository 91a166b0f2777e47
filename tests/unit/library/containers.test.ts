/** Containers: packed, recoded and wrapped files, CSV of all kinds, folders with parts, the Hub's cache. All with limits. */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { dirname } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describeDataset } from '@main/library/datasets/describe'
import { loadDataset } from '@main/library/datasets/load'
import { GpoError } from '@shared/errors'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import { failureOf, pathOf, write } from './files'

const row = (i: number) => ({ prompt: `p${i}`, answer: String(i) })
const lines = (count: number) => Array.from({ length: count }, (_, i) => JSON.stringify(row(i))).join('\n')
const referencesOf = async (path: string) => (await loadDataset(path)).examples.map(({ reference }) => reference)

describe('packed files', () => {
  it.each([
    ['x.jsonl.gz', gzipSync(lines(3))],
    ['x.jsonl.zst', zstdCompressSync(lines(3))],
    ['x.csv.gz', gzipSync('prompt,answer\np,0\np,1\np,2\n')],
    ['unnamed.jsonl', gzipSync(lines(3))],
    ['x.json.gz', gzipSync(JSON.stringify([row(0), row(1), row(2)]))],
  ])('%s is read', async (name, bytes) => {
    expect(await referencesOf(write(name, bytes))).toEqual(['0', '1', '2'])
  })

  it('a damaged one, and one that grows without end, are refused', async () => {
    const packed = gzipSync(lines(1000))
    const cut = await failureOf(loadDataset(write('cut.jsonl.gz', packed.subarray(0, packed.length / 2))))
    expect(cut.message).toMatch(/cannot be unpacked/)
    const bomb = gzipSync(Buffer.alloc(250_000_000, 'x'))
    const before = process.memoryUsage().rss
    const error = await failureOf(loadDataset(write('bomb.jsonl.gz', bomb)))
    expect(error.message).toMatch(/unpack to more than 300 times as many/)
    expect(process.memoryUsage().rss - before).toBeLessThan(400_000_000)
  })

  it('archives are refused with the advice to unpack them', async () => {
    for (const name of ['x.zip', 'x.jsonl.xz', 'x.csv.bz2']) {
      expect((await failureOf(loadDataset(write(name, 'PK')))).message).toMatch(/unpack it first/)
    }
  })
})

describe('encodings', () => {
  const text = 'prompt,answer\nWas heißt café?,Kaffeehaus\n'
  it.each([
    ['utf16le-mark.csv', Buffer.from(`\ufeff${text}`, 'utf16le'), ['read as UTF-16 (little endian)']],
    ['utf16le.csv', Buffer.from(text, 'utf16le'), ['read as UTF-16 (little endian)']],
    ['utf16be.csv', Buffer.from(`\ufeff${text}`, 'utf16le').swap16(), ['read as UTF-16 (big endian)']],
    ['latin1.csv', Buffer.from(text, 'latin1'), ['read as Windows-1252 (Latin-1), because it is not UTF-8']],
    ['utf8.csv', Buffer.from(text), []],
  ])('%s is read and named', async (name, bytes, notes) => {
    const set = await loadDataset(write(name, bytes))
    expect(set.examples[0]).toMatchObject({ prompt: 'Was heißt café?', reference: 'Kaffeehaus' })
    expect(set.notes).toEqual(notes)
  })

  it('Latin-1 far into a long file, and in a packed one', async () => {
    const long = Buffer.concat([
      Buffer.from(`${lines(60_000)}\n`),
      Buffer.from('{"prompt":"café","answer":"x"}', 'latin1'),
    ])
    expect((await loadDataset(write('late.jsonl', long))).examples.at(-1)?.prompt).toBe('café')
    expect((await loadDataset(write('late.jsonl.gz', gzipSync(long)))).notes).toHaveLength(1)
  })

  it('one broken byte among UTF-8 does not change what the others are', async () => {
    const bytes = Buffer.concat([
      Buffer.from('{"prompt":"é","answer":"1"}\n{"prompt":"'),
      Buffer.from([0xe9]),
      Buffer.from('","answer":"1"}'),
    ])
    const set = await loadDataset(write('broken-byte.jsonl', bytes))
    expect(set.examples.map(({ prompt }) => prompt)).toEqual(['é'])
    expect(set.badRows).toEqual([{ line: 2, reason: 'is not valid UTF-8' }])
  })
})

describe('JSON in the forms tools write', () => {
  const split = {
    columns: ['prompt', 'answer'],
    index: [0, 1],
    data: [
      ['p', '0'],
      ['p', '1'],
    ],
  }
  const viewer = { features: [], rows: [0, 1].map((i) => ({ row_idx: i, row: row(i), truncated_cells: [] })) }
  it.each([
    ['columns of lists', { prompt: ['p', 'q'], answer: ['0', '1'] }],
    ['pandas, by column', { prompt: { 0: 'p', 1: 'q' }, answer: { 0: '0', 1: '1' } }],
    ['pandas, by row', { 0: row(0), 1: row(1) }],
    ['pandas, split', split],
    ['the Hub’s viewer', viewer],
    ['rows', { rows: [row(0), row(1)] }],
    ['data with columns of lists', { data: { prompt: ['p', 'q'], answer: ['0', '1'] } }],
    ['by key', { first: row(0), second: row(1) }],
  ])('%s', async (name, value) => {
    expect(await referencesOf(write(`json-${name}.json`, JSON.stringify(value)))).toEqual(['0', '1'])
  })

  it.each([
    ['an array over several lines', JSON.stringify([row(0), row(1)], null, 1)],
    ['a wrapper under the name .jsonl', JSON.stringify({ data: [row(0), row(1)] }, null, 2)],
    ['a first line that is broken', `{"prompt":\n${JSON.stringify(row(0))}\n${JSON.stringify(row(1))}`],
  ])('.jsonl with %s', async (name, text) => {
    expect(await referencesOf(write(`${name}.jsonl`, text))).toEqual(['0', '1'])
  })

  it('NaN and infinities of unused columns do not matter; in used ones they are reported', async () => {
    const text =
      '[{"prompt":"say \\"NaN\\", Infinity","answer":"NaN","x":NaN,"y":[-Infinity]},{"prompt":"p","answer":NaN},{"prompt":"p","answer":-Infinity}]'
    const set = await loadDataset(write('nan.json', text))
    expect(set.examples).toEqual([{ row: 0, prompt: 'say "NaN", Infinity', reference: 'NaN' }])
    expect(set.badRows.map(({ reason }) => reason)).toEqual([
      'column "answer" is empty, not a text',
      'column "answer" is -Infinity, not a text',
    ])
  })

  it('other contents of a wrapper are reported, and one record is one record', async () => {
    expect(
      (await loadDataset(write('canary.json', JSON.stringify({ canary: 'x', examples: [row(0)] })))).notes,
    ).toEqual(['beside examples, the file holds canary: not used'])
    const chat = {
      messages: [
        { role: 'user', content: 'q' },
        { role: 'assistant', content: 'a' },
      ],
    }
    expect((await loadDataset(write('single.json', JSON.stringify(chat)))).examples).toHaveLength(1)
    expect((await failureOf(loadDataset(write('deep.json', '['.repeat(500_000))))).message).toMatch(
      /lists and objects more than 200 deep|not valid JSON/,
    )
  })

  it('a small file that would be large in memory is refused before it is parsed, and such a line is a bad row', async () => {
    const before = process.memoryUsage().rss
    const bomb = `[${'[],'.repeat(15_000_000)}[]]`
    expect((await failureOf(loadDataset(write('bomb.json.gz', gzipSync(bomb))))).message).toMatch(
      /more than 10,000,000 values/,
    )
    expect(process.memoryUsage().rss - before).toBeLessThan(600e6) // the text itself, in bytes and as a string
    const deep = `{"prompt":"p","answer":${'['.repeat(1000)}${']'.repeat(1000)}}`
    const many = `{"prompt":"p","answer":[${'[],'.repeat(1_000_001)}[]]}`
    const { examples, badRows } = await loadDataset(
      write('rows.jsonl', [JSON.stringify(row(0)), deep, many].join('\n')),
    )
    expect(examples).toHaveLength(1)
    expect(badRows.map(({ line, reason }) => [line, reason])).toEqual([
      [2, 'has lists and objects more than 200 deep'],
      [3, 'has more than 1,000,000 values'],
    ])
  })
})

describe('CSV as people have it', () => {
  it.each([
    ['semicolons', 'prompt;answer\na, b;1\nc;2\n', 'a, b', ['fields are separated by semicolons']],
    ['tabs', 'prompt\tanswer\na, b\t1\nc\t2\n', 'a, b', ['fields are separated by tabs']],
    ['bars', 'prompt|answer\na|1\nb|2\n', 'a', ['fields are separated by vertical bars']],
    ['commas among semicolons', 'prompt,answer\na; b; c,1\nd; e; f,2\n', 'a; b; c', []],
    ['old line ends', 'prompt,answer\ra,1\rb,2\r', 'a', []],
  ])('%s', async (name, text, prompt, notes) => {
    const set = await loadDataset(write(`${name}.csv`, text))
    expect(set.examples.map(({ reference }) => reference)).toEqual(['1', '2'])
    expect(set.examples[0]?.prompt).toBe(prompt)
    expect(set.notes).toEqual(notes)
  })

  it('the separator can be said', async () => {
    const path = write('said.csv', 'prompt;answer,x\na;1,2\n')
    expect(
      (await loadDataset(path, { delimiter: ';', columns: { prompt: 'prompt', answer: 'answer,x' } })).examples[0]
        ?.reference,
    ).toBe('1,2')
  })

  // What Python's csv module makes of each first field; checked with Python 3.13.
  it.each([
    ['A 5" pipe', 'A 5" pipe'],
    ['"ab"cd', 'abcd'],
    ['"5" pipe"', '5 pipe"'],
    ['"say ""hi"""', 'say "hi"'],
    ['""x', 'x'],
    ['"abc" ', 'abc '],
    [' "abc"', ' "abc"'],
    ['"a\nb,c"', 'a\nb,c'],
  ])('quotes: %s', async (field, prompt) => {
    expect((await loadDataset(write('quotes.csv', `prompt,answer\n${field},1\n`))).examples[0]?.prompt).toBe(prompt)
  })

  it('unnamed and doubled columns have names; a used one that is doubled is refused', async () => {
    const set = await loadDataset(write('names.csv', ',prompt,answer,note,note,\n0,p,1,a,b,\n'))
    expect(set.columns).toEqual(['Unnamed: 0', 'prompt', 'answer', 'note', 'note.1', 'Unnamed: 5'])
    expect(set.unused).toEqual(['Unnamed: 0', 'note', 'note.1', 'Unnamed: 5'])
    expect((await failureOf(loadDataset(write('twice2.csv', 'prompt,prompt,answer\np,q,1\n')))).message).toMatch(
      /two columns/,
    )
  })

  it('a quote that is never closed, and a record without end, lose no memory', async () => {
    const text = `prompt,answer\np,1\n"open,${'x'.repeat(50_000_000)}`
    const set = await loadDataset(write('open.csv', text))
    expect(set.examples).toHaveLength(1)
    expect(set.badRows[0]?.reason).toMatch(/a quote is never closed/)
  })
})

describe('parts', () => {
  const part = (name: string) => `{"prompt":"${name}","answer":"1"}`
  const promptsOf = async (path: string, wanted?: string) =>
    (await loadDataset(path, wanted ? { part: wanted } : {})).examples.map(({ prompt }) => prompt)

  it.each([
    ['files', ['train.jsonl', 'test.jsonl']],
    ['numbered files', ['data/train-00000-of-00001.jsonl', 'data/test-00000-of-00001.jsonl']],
    ['folders', ['train/a.jsonl', 'test/a.jsonl']],
    ['a prefix', ['gsm_train.jsonl', 'gsm_test.jsonl', 'gsm_valid.jsonl']],
    ['packed files of one subset', ['main/train.jsonl.gz', 'main/test.jsonl.gz']],
  ])('%s', async (name, files) => {
    for (const file of files) {
      const text = part(file.includes('train') ? 'train' : file.includes('valid') ? 'valid' : 'test')
      write(`parts-${name}/${file}`, file.endsWith('.gz') ? gzipSync(text) : text)
    }
    const folder = pathOf(`parts-${name}`)
    expect(await promptsOf(folder)).toEqual(['train'])
    expect(await promptsOf(folder, 'evaluation')).toEqual(['test'])
    const error = await failureOf(loadDataset(folder, { part: 'nonsense' }))
    expect(error.message).toMatch(/has no part "nonsense"; its parts are .*train/)
  })

  it('a training file that is chosen by itself tells of the test file beside it', async () => {
    write('beside/math_train.jsonl', part('a'))
    write('beside/math_test.jsonl', part('b'))
    write('beside/other_test.jsonl', part('c'))
    const { notes } = await loadDataset(pathOf('beside/math_train.jsonl'))
    expect(notes).toEqual([
      'beside it, the file math_test.jsonl seems to be another part of the same set: choose the folder to use all parts',
    ])
    expect((await loadDataset(pathOf('beside/math_test.jsonl'))).notes).toEqual([])
  })

  it('a wrapper, a wrapper of columns, and a column that names the part', async () => {
    const wrapped = write(
      'wrapped.json',
      JSON.stringify({
        test: [{ prompt: 'test', answer: '1' }],
        train: { prompt: ['train', 'more'], answer: ['1', '2'] },
      }),
    )
    expect(await promptsOf(wrapped)).toEqual(['train', 'more'])
    expect(await promptsOf(wrapped, 'test')).toEqual(['test'])
    const column = write('column.csv', 'prompt,answer,split\na,1,test\nb,2,train\nc,3,val\nd,4,train\n')
    expect(await promptsOf(column)).toEqual(['b', 'd'])
    expect((await describeDataset(column)).evaluationPart).toBe('test')
    expect(await promptsOf(column, 'validation')).toEqual(['c'])
  })

  it('names that only resemble a part are not one, and rows in both parts are reported', async () => {
    write('latest/latest.jsonl', part('a'))
    write('latest/contrained.jsonl', part('b'))
    expect(await promptsOf(pathOf('latest'))).toEqual(['b', 'a'])
    write('shared/train.jsonl', `${part('x')}\n${part('y')}`)
    write('shared/test.jsonl', `${part('z')}\n${part(' y')}`)
    expect((await describeDataset(pathOf('shared'))).shared).toEqual({ count: 1, first: { train: 1, evaluation: 1 } })
  })

  it('several subsets need a choice, duplicates are refused, other files are reported', async () => {
    write('subsets/main/train.jsonl', part('a'))
    write('subsets/socratic/train.jsonl', part('b'))
    expect((await failureOf(loadDataset(pathOf('subsets')))).message).toMatch(/main, socratic; choose one of these/)
    write('twins/train.jsonl', part('a'))
    write('twins/train.jsonl.gz', gzipSync(part('a')))
    expect((await failureOf(loadDataset(pathOf('twins')))).message).toMatch(/may be the same rows/)
    write('more/train.jsonl', part('a'))
    write('more/extra/other.jsonl', part('b'))
    write('more/dataset_infos.json', '{}')
    expect((await loadDataset(pathOf('more'))).notes).toEqual(['the files in extra are not used'])
  })
})

describe('damaged containers', () => {
  const files: readonly (readonly [string, Uint8Array])[] = [
    ['d.jsonl.gz', gzipSync(lines(40))],
    ['d.jsonl.zst', zstdCompressSync(lines(40))],
    ['d.csv', Buffer.from(`prompt;answer\n"a ""b"" é";1\nc;2\n`, 'utf16le')],
    ['d.json', Buffer.from(JSON.stringify({ train: { prompt: ['a', 'b'], answer: ['1', '2'] }, test: [row(1)] }))],
    ['d.jsonl', Buffer.from(JSON.stringify([row(0), row(1)], null, 1))],
  ]

  it.each(files)(
    '%s ends in a set or in a GpoError, whichever byte is changed or wherever it is cut',
    async (name, bytes) => {
      const endings = { read: 0, refused: 0 }
      for (let i = 0; i < 60; i++) {
        const at = Math.floor((i * bytes.length) / 60)
        const broken =
          i % 3 === 2
            ? bytes.subarray(0, at + 1)
            : Uint8Array.from(bytes, (byte, j) => (j === at ? byte ^ (1 << (i % 8)) : byte))
        const ended = await loadDataset(write(`damaged-${name}`, broken)).then(
          () => null,
          (error: unknown) => error,
        )
        if (ended !== null && !(ended instanceof GpoError)) throw ended
        endings[ended === null ? 'read' : 'refused']++
      }
      expect(endings.refused).toBeGreaterThan(0)
    },
  )
})

describe('the Hub’s cache', () => {
  const link = (target: string, name: string) => {
    const path = pathOf(name)
    mkdirSync(dirname(path), { recursive: true })
    rmSync(path, { force: true })
    symlinkSync(target, path)
  }

  it('follows links into its own blobs, whatever their format', async () => {
    write('hub/datasets--a--b/blobs/aaa', lines(2))
    link('../../blobs/aaa', 'hub/datasets--a--b/snapshots/c1/train.jsonl')
    write('hub/datasets--a--b/blobs/bbb', 'prompt,answer\nq,7\n')
    link('../../../blobs/bbb', 'hub/datasets--a--b/snapshots/c1/data/test.csv')
    const folder = pathOf('hub/datasets--a--b/snapshots/c1')
    expect(await referencesOf(folder)).toEqual(['0', '1'])
    expect((await loadDataset(folder, { part: 'test' })).examples[0]?.reference).toBe('7')
  })

  it('does not follow links out of the cache or a folder, and reports them', async () => {
    write('secret.jsonl', lines(1))
    write('hub/datasets--c--d/snapshots/c1/train.jsonl', lines(1))
    link('../../../../secret.jsonl', 'hub/datasets--c--d/snapshots/c1/other.jsonl')
    const { files, notes } = await loadDataset(pathOf('hub/datasets--c--d/snapshots/c1'))
    expect(files).toHaveLength(1)
    expect(notes.join()).toMatch(/other\.jsonl is a link to somewhere outside of .*: not followed/)
    link('nowhere', 'plain/train.jsonl')
    expect((await failureOf(loadDataset(pathOf('plain')))).message).toMatch(/folder without/)
    link('..', 'circle/again')
    write('circle/train.jsonl', lines(1))
    expect(await referencesOf(pathOf('circle'))).toEqual(['0'])
  })
})

describe('numbers of Parquet', () => {
  it('4-byte floats are their shortest decimal, decimals are exact', async () => {
    const bytes = parquetWriteBuffer({
      columnData: [
        { name: 'prompt', data: ['a', 'b', 'c'], type: 'STRING' },
        { name: 'answer', data: [0.1, 3.4e38, -2.5], type: 'FLOAT' },
      ],
    })
    expect(await referencesOf(write('float.parquet', new Uint8Array(bytes)))).toEqual([
      '0.1',
      `34${'0'.repeat(37)}`,
      '-2.5',
    ])
    const schema = [
      { name: 'root', num_children: 2 },
      { name: 'prompt', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
      {
        name: 'answer',
        type: 'INT64',
        converted_type: 'DECIMAL',
        scale: 2,
        precision: 18,
        repetition_type: 'OPTIONAL',
      },
    ] as const
    const stored = new Uint8Array(
      parquetWriteBuffer({
        columnData: [
          { name: 'prompt', data: ['a', 'b', 'c'] },
          { name: 'answer', data: [1234567.89, -0.05, 7] },
        ],
        schema: [...schema],
      }),
    )
    expect(await referencesOf(write('decimal.parquet', stored))).toEqual(['1234567.89', '-0.05', '7.00'])
  })
})
