/** The entry of the process that reads one bundle: someone else's file can fill only its memory, and keep only it busy. */
import { serveOneTask } from '@main/workers/one-task'
import { type BundlePart, type BundleReader, readBundle } from '../read-bundle'
import type { Asked } from './messages'

/** Records in one answer, so that main holds few at a time. */
const BATCH = 50

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

serveOneTask<Asked>({
  title: 'gpo bundle',
  maxHeapMb: 1024, // the largest part that is read has 96 MB of text, which is several times as much in objects
  answer: async (asked) => ({ value: await obey(asked) }),
})
