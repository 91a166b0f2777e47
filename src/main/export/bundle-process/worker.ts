/** The entry of the process that reads one bundle: someone else's file can fill only its memory, and keep only it busy. */
import { setFlagsFromString } from 'node:v8'
import { parentPort } from '@main/workers/parent-port'
import { dieWithParent } from '@main/workers/watchdog'
import { describeError, GpoError } from '@shared/errors'
import { type BundlePart, type BundleReader, readBundle } from '../read-bundle'
import type { Answer, Asked } from './messages'

/** The largest part that is read has 96 MB of text, which is several times as much in objects. */
const MAX_HEAP_MB = 1024
/** Records in one answer, so that main holds few at a time. */
const BATCH = 50

dieWithParent()
process.title = 'gpo bundle' // in lists of processes: not one of those that train
setFlagsFromString(`--max-old-space-size=${MAX_HEAP_MB}`)
process.on('SIGINT', () => {}) // Ctrl-C reaches the whole process group; the parent decides
process.on('disconnect', () => process.exit(0))

let reader: BundleReader | null = null
let parts: AsyncGenerator<BundlePart, void> | null = null

/** The part in pieces of at most `BATCH` records. */
function* piecesOf(part: BundlePart): Generator<BundlePart, void> {
  const ends = (records: readonly unknown[]) =>
    Array.from({ length: Math.ceil(records.length / BATCH) }, (_, i) => [i * BATCH, (i + 1) * BATCH] as const)
  switch (part.kind) {
    case 'metrics':
      for (const [from, to] of ends(part.series)) yield { ...part, series: part.series.slice(from, to) }
      break
    case 'probes':
      for (const [from, to] of ends(part.answers)) yield { ...part, answers: part.answers.slice(from, to) }
      break
    case 'trajectories':
      for (const [from, to] of ends(part.trajectories))
        yield { ...part, trajectories: part.trajectories.slice(from, to) }
  }
}

async function* inBatches(all: AsyncGenerator<BundlePart, void>): AsyncGenerator<BundlePart, void> {
  for await (const part of all) yield* piecesOf(part)
}

async function obey(asked: Asked): Promise<unknown> {
  if (asked.do === 'open') {
    reader = await readBundle(asked.path)
    parts = inBatches(reader.parts())
    const { manifest, plan, environment, evaluations } = reader
    return { manifest, plan, environment, evaluations }
  }
  return (await parts?.next())?.value ?? null
}

async function answer(asked: Asked): Promise<Answer> {
  try {
    return { value: await obey(asked) }
  } catch (error) {
    if (!(error instanceof GpoError)) console.error(error)
    return { code: error instanceof GpoError ? error.code : null, message: describeError(error) }
  }
}

parentPort.on('message', (event) => {
  void answer(event?.data as Asked).then((told) => parentPort.postMessage(told)) // main and this process are one program
})
