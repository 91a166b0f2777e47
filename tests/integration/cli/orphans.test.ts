/** Processes that compute do not outlive a program that is killed, even while synchronous work keeps them from hearing of it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import { descendants, isAlive } from '../../e2e/support/processes'
import { planOf, start, temporaryFolder, until, writePlan, writeRows } from '../../support/gpo'

const folder = temporaryFolder()
const plan = writePlan(folder, planOf(writeRows(folder), { objective: { kind: 'grpo' } }))

/** Node with the file that makes workers busy, then the program. */
const BUSY = `exec "$1" --require ${join(import.meta.dirname, '../../support/busy-worker.cjs')} "\${@:2}"`

/** A file whose negative page size sends the decoder round in circles. */
function circle(): string {
  const ids = Array.from({ length: 12 }, (_, i) => i)
  const question = { name: 'question', data: ids.map((i) => `How ${i % 3}?`), type: 'STRING' } as const
  const bytes = new Uint8Array(parquetWriteBuffer({ columnData: [question, { name: 'answer', data: ids, type: 'INT32' }] })) // biome-ignore format: one line
  bytes[55] = (bytes[55] ?? 0) ^ 0x80
  const path = join(folder, 'circle.parquet')
  writeFileSync(path, bytes)
  return path
}

/** Kills the program once it has a child that had the time to become busy. */
async function expectEnd(...args: readonly string[]): Promise<void> {
  const { child, ended } = start(temporaryFolder(), args, BUSY)
  await until(() => descendants(child.pid!).length > 0, 'a process that computes') // it was started
  await new Promise((resolve) => setTimeout(resolve, 3000))
  const children = descendants(child.pid!)
  expect(children.filter(isAlive)).not.toEqual([])
  child.kill('SIGKILL')
  try {
    await expect.poll(() => children.filter(isAlive), { timeout: 10_000 }).toEqual([])
  } finally {
    for (const pid of children.filter(isAlive)) process.kill(pid, 'SIGKILL')
  }
  await ended
}

describe.skipIf(process.platform !== 'linux')('when the program is killed, there ends', () => {
  it('a busy trainer', () => expectEnd('train', plan))

  it('a busy job', () => expectEnd('doctor'))

  it('a Parquet decoder that goes round in circles', () => expectEnd('data', circle()))
})
