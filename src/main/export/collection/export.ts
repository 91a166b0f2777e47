/** A run's records as a collection's folder, like the one that `gpo collect` fills. */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { GpoError } from '@shared/errors'
import { CHECKSUMS, verifyChecksums } from '../checksums'
import type { ExportContext, WrittenExport } from '../context'
import { fillFolder } from '../folder'
import { openCollection } from './folder'

const bytesIn = (folder: string): number =>
  readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)

/** @throws {GpoError} 'storage', or 'interrupted' after the signal; then nothing is left behind */
export const exportCollection = ({ out, store, run, signal, onProgress }: ExportContext): Promise<WrittenExport> =>
  fillFolder(out, async (folder) => {
    const collection = openCollection(folder, store, { run })
    const { shards, trajectories } = await collection.write(run.iteration, signal, (done, total) =>
      onProgress('Writing shards', done, total),
    )
    if (signal?.aborted) throw new GpoError('interrupted', 'stopped; nothing was written')
    const files = verifyChecksums(folder)
    return {
      bytes: bytesIn(folder),
      count: trajectories,
      unit: 'trajectories',
      maxDifference: 0,
      verified: `Read back: ${files} files in ${shards} shards have the checksums in ${CHECKSUMS}.`,
    }
  })
