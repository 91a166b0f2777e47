/** The entry of the process that reads datasets: someone else's file can fill only its memory, and keep only it busy. */
import { serveOneTask } from '@main/workers/one-task'
import { GpoError } from '@shared/errors'
import type { Example } from '@shared/schemas/dataset'
import { charactersOf } from '../datasets/characters'
import { loadDataset } from '../datasets/load'
import { previewRows } from '../datasets/preview'
import { decodeParquetHere } from '../datasets/read/decoder'
import type { Asked, Loaded } from './messages'

/** One answer: main takes it without a pause. */
const MAX_EXAMPLES = 1000
const MAX_CHARACTERS = 1_000_000

/** At least one example each. */
function* piecesOf(examples: readonly Example[]): Generator<readonly Example[], void> {
  for (let from = 0, to = 0; from < examples.length; from = to) {
    let characters = 0
    do
      characters += charactersOf(examples[to++]!) // `to` is at most the last
    while (to < examples.length && to - from < MAX_EXAMPLES && characters < MAX_CHARACTERS)
    yield examples.slice(from, to)
  }
}

let pieces: Generator<readonly Example[], void> | null = null

/** @throws {GpoError} 'data' where the process that loaded them has ended, and this is another one */
function nextPiece(): readonly Example[] | null {
  if (pieces === null)
    throw new GpoError('data', 'The process that read the dataset ended before all of it was taken: try again.')
  const piece = pieces.next().value ?? null
  if (piece === null) pieces = null // its examples are not needed any more
  return piece
}

async function obey(asked: Asked): Promise<unknown> {
  switch (asked.do) {
    case 'load': {
      const { examples, ...loaded } = await loadDataset(asked.path, asked.options)
      pieces = piecesOf(examples)
      return loaded satisfies Loaded
    }
    case 'examples':
      return nextPiece()
    case 'page':
      return previewRows(asked.path, asked.options)
  }
}

decodeParquetHere()
serveOneTask<Asked>({
  title: 'gpo data',
  maxHeapMb: 4096, // what main has: a dataset that it can hold can be read
  answer: async (asked) => ({ value: await obey(asked) }),
})
