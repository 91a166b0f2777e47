/** Datasets are read in a process of their own: it gives what this process would, and a file that fills memory or time harms nobody. */
import { cpSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { openDatasetProcess } from '@main/library/dataset-process/client'
import { loadDataset } from '@main/library/datasets/load'
import { previewRows } from '@main/library/datasets/preview'
import { type Fork, forkNode, type WorkerProcess } from '@main/workers/fork'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { whileAnswering } from '../../support/answering'
import { temporaryFolder } from '../../support/gpo'
import { startServer } from '../../unit/host/served'

const workerPath = join(dirname(inject('program')), 'dataset-worker.cjs')
process.env.GPO_STUDIO_HOME = temporaryFolder()

const CASES = resolve(import.meta.dirname, '../../unit/library/cases')
const cases = readdirSync(CASES).filter((name) => !name.endsWith('.plan.json'))

function write(name: string, content: string | Uint8Array): string {
  const path = join(temporaryFolder(), name)
  writeFileSync(path, content)
  return path
}

/** Ten megabytes of rows that hold five million lists, which takes some seconds. */
const brackets = () =>
  write('brackets.jsonl', `{"prompt":"1","answer":"1","x":[${'[],'.repeat(400_000)}[]]}\n`.repeat(12))

const outcomeOf = (asked: Promise<unknown>) => asked.catch((error: Error) => error)

describe('the process for datasets', () => {
  const datasets = openDatasetProcess({ workerPath })
  afterAll(datasets.close)

  it.each(cases)('reads %s as this process does, or says the same about it', async (name) => {
    const path = join(CASES, name)
    expect(await outcomeOf(datasets.load(path))).toEqual(await outcomeOf(loadDataset(path)))
    const page = { cursor: 0, limit: 20 }
    expect(await outcomeOf(datasets.page(path, page))).toEqual(await outcomeOf(previewRows(path, page)))
  })

  it('gives all rows of a dataset of several pieces, from text and from Parquet, and only what is asked for', async () => {
    const rows = Array.from({ length: 5300 }, (_, i) => ({ prompt: `What is ${i}?`, answer: `${i}` }))
    const lines = write('rows.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'))
    const columnData = (['prompt', 'answer'] as const).map((name) => ({
      ...{ name, type: 'STRING' as const },
      data: rows.map((row) => row[name]),
    }))
    const parquet = write('rows.parquet', new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 2000 })))
    for (const path of [lines, parquet]) {
      const set = await datasets.load(path)
      expect(set).toEqual(await loadDataset(path))
      expect(set.examples).toHaveLength(5300)
      expect((await datasets.load(path, { limit: 7 })).examples).toHaveLength(7)
      expect((await datasets.page(path, { cursor: 4200, limit: 3 })).rows.map(({ row }) => row)).toEqual([
        4200, 4201, 4202,
      ])
    }
  })

  it('says what is wrong with a path, with its code', async () => {
    expect(await outcomeOf(datasets.load('/no/such/rows.jsonl'))).toMatchObject({ name: 'GpoError', code: 'data' })
  })

  it('is ended where a file takes too long, and the next one is read by another', async () => {
    const path = brackets()
    const forSize = statSync(path).size / 500 // which the limit is longer by
    const impatient = openDatasetProcess({ workerPath, limitMs: 700 - forSize })
    expect(await outcomeOf(impatient.load(path))).toMatchObject({
      code: 'data',
      message: expect.stringMatching(
        `The reading of ${path} was ended because it took over .* s: it is damaged, or too large`,
      ),
    })
    impatient.close()
  })

  it('is ended by the system where a file fills the memory, and the next one is read by another', async () => {
    let made: WorkerProcess | null = null
    const fork: Fork = (...where) => {
      made = forkNode(...where)
      return made
    }
    const killed = openDatasetProcess({ workerPath, fork })
    setTimeout(() => process.kill(made!.pid!, 'SIGKILL'), 700) // as Linux does
    const error = await outcomeOf(killed.load(brackets()))
    expect(error).toMatchObject({ code: 'data', message: expect.stringContaining('it took too much memory') })
    expect((await killed.load(write('one.jsonl', '{"prompt":"1","answer":"1"}'))).examples).toHaveLength(1)
    killed.close()
  })
})

it('while a file that is mostly brackets is read, the program answers its window', async () => {
  const server = await startServer({ datasets: { workerPath } })
  const { api } = await server.api()
  const path = join(server.folder, 'rows.jsonl')
  cpSync(brackets(), path)
  const { grant } = await api.system.typed({ path })
  const { id } = await whileAnswering(api.datasets.add({ grant }), () => api.runs.list())
  const item = (await api.datasets.list()).find((one) => one.id === id)
  expect(item).toMatchObject({ problem: null, usable: 12 })
  await server.close()
})
