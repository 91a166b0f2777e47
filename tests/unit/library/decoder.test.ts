/** Where Parquet is decoded other than in a process that Node starts: parquet.test.ts has that. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, expect, it, vi } from 'vitest'

const DECIMALS = resolve(import.meta.dirname, 'cases/decimals.parquet')
const folder = mkdtempSync(join(tmpdir(), 'gpo-decoder-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(() => {
  Reflect.deleteProperty(process, 'parentPort')
  vi.resetModules()
})

/** The modules as they are in a utility process of Electron, or in one of Node. */
async function readIn(kind: 'utility' | 'node') {
  vi.resetModules()
  if (kind === 'utility') Object.assign(process, { parentPort: null })
  const { readParquet } = await import('../../../src/main/library/datasets/read/read-parquet')
  return async (path: string, maxSilenceMs?: number) => {
    const rows: unknown[] = []
    const options = { ...(maxSilenceMs && { maxSilenceMs }) }
    for await (const row of readParquet(path, options)) rows.push(row)
    return rows
  }
}

it('a thread reads what a process reads', async () => {
  const byProcess = await (await readIn('node'))(DECIMALS)
  const byThread = await (await readIn('utility'))(DECIMALS)
  expect(byThread).toHaveLength(3)
  expect(byThread).toEqual(byProcess)
})

it('a thread that cannot read a file says why', async () => {
  const file = join(folder, 'no.parquet')
  writeFileSync(file, 'PAR1 no more')
  await expect((await readIn('utility'))(file)).rejects.toMatchObject({ code: 'data', message: /cannot be read/ })
})

it('a host’s own process is asked where it named one, and killed when the rows have been read', async () => {
  vi.resetModules()
  const { decodeParquetBy } = await import('../../../src/main/library/datasets/read/decoder')
  const { readParquet } = await import('../../../src/main/library/datasets/read/read-parquet')
  const forked: unknown[] = []
  const kill = vi.fn()
  decodeParquetBy((workerPath, _log, options) => {
    forked.push(workerPath, options?.execArgv)
    let tell: (reply: unknown) => void = () => {}
    return {
      pid: 1,
      kill,
      onExit: () => {},
      onMessage: (listener) => {
        tell = listener
      },
      send: (request) => {
        forked.push(request)
        tell({ type: 'columns', all: ['a', 'b'], read: ['a'] })
        tell({ type: 'rows', rows: [[1], [2]] })
        tell({ type: 'end' })
      },
    }
  }, '/built/parquet-worker.cjs')
  const rows: unknown[] = []
  for await (const row of readParquet(DECIMALS, {})) rows.push(row)
  expect(rows).toEqual([
    { line: 1, fields: new Map([['a', 1]]) },
    { line: 2, fields: new Map([['a', 2]]) },
  ])
  expect(forked.slice(0, 2)).toEqual(['/built/parquet-worker.cjs', ['--max-old-space-size=2048']])
  expect(forked[2]).toMatchObject({ path: DECIMALS, wanted: null })
  expect(kill).toHaveBeenCalledOnce()
})
