/** A folder that trains: a run's pairs, its settings for DPO in TRL, the script, the versions it needs, and what to do. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { writeDurably } from '@main/formats/atomic'
import { resourcesFolder } from '@main/paths'
import type { ExportRequestOf } from '@shared/contract/exports'
import type { ExportContext, WrittenExport } from './context'
import { writeData } from './export-file'
import { fillFolder } from './folder'
import { trlDpo } from './trl-config'
import { trlReadme } from './trl-readme'
import { baseOf } from './write-configs'

export type TrlRequest = ExportRequestOf<'trl'>

/** The records of the folder. */
export const pairsRequest = (request: TrlRequest): ExportRequestOf<'pairs'> => ({ ...request, format: 'pairs' })

const PAIRS = 'pairs.jsonl'

/** The files besides the pairs, by name. */
function companions({ run }: Pick<ExportContext, 'run'>): Readonly<Record<string, string>> {
  const source = { plan: run.plan, run: run.id, data: PAIRS, ...baseOf(run.plan.model.path) }
  const fixed = (name: string) => readFileSync(join(resourcesFolder(), 'trl', name), 'utf8')
  return {
    'README.md': trlReadme(source),
    'dpo.yaml': trlDpo(source).content,
    'requirements.txt': fixed('requirements.txt'),
    'train.py': fixed('train.py'),
  }
}

/** Bytes of the files besides the pairs. */
export const companionBytes = (context: Pick<ExportContext, 'run'>): number =>
  Object.values(companions(context)).reduce((sum, content) => sum + Buffer.byteLength(content), 0)

/** @throws GpoError('data') if the run has no pairs; then nothing is left behind */
export const exportTrl = (context: ExportContext, request: TrlRequest): Promise<WrittenExport> =>
  fillFolder(context.out, async (folder) => {
    const pairs = await writeData(context, pairsRequest(request), join(folder, PAIRS))
    for (const [name, content] of Object.entries(companions(context)))
      writeDurably(join(folder, name), [new TextEncoder().encode(content)])
    const names = [PAIRS, ...Object.keys(companions(context))]
    return { ...pairs, bytes: names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0) }
  })
