/**
 * `fill-disk.ts RUN_FOLDER`: writes a small checkpoint, then one of 4 MB that may not fit, and prints the result as JSON. For a process
 * with little room: it imports nothing that needs more than Node.
 */
import { readdirSync } from 'node:fs'
import { latestCheckpoint, writeCheckpoint } from '@main/formats/run-checkpoint'
import { GpoError } from '@shared/errors'

const [runFolder = ''] = process.argv.slice(2)

const write = (iteration: number, values: number) =>
  writeCheckpoint(runFolder, {
    iteration,
    state: {},
    groups: { trainable: new Map([['w', { shape: [values], data: new Float32Array(values).fill(iteration) }]]) },
  })

function attempt(): { code: string; message: string } | null {
  try {
    write(2, 1_000_000)
    return null
  } catch (error) {
    if (error instanceof GpoError) return { code: error.code, message: error.message }
    throw error
  }
}

write(1, 1000)
const error = attempt()
process.stdout.write(
  JSON.stringify({ error, left: readdirSync(runFolder), latest: latestCheckpoint(runFolder)?.path ?? null }),
)
