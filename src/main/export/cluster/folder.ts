/**
 * A folder that continues a run on a cluster: what the run found, its settings for TRL and verl, the reward as Python, and what submits it to Ray or
 * SkyPilot.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { writeDurably } from '@main/formats/atomic'
import { modelPath, resourcesFolder } from '@main/paths'
import type { ExportRequestOf } from '@shared/contract/exports'
import { GpoError } from '@shared/errors'
import { learnsFromRewards } from '@shared/method/guided'
import type { Plan } from '@shared/schemas/plan'
import { repositoryOf } from '../card-base'
import { CHECKSUMS, checksumText, sha256OfFile, verifyChecksums } from '../checksums'
import type { ExportContext, WrittenExport } from '../context'
import type { DataRequest } from '../data'
import { writeData } from '../export-file'
import { fillFolder } from '../folder'
import type { ConfigSource } from '../trainer-config'
import { trlDpo, trlGrpo, trlKto, trlSft } from '../trl-config'
import { verlConfig } from '../verl-config'
import { baseOf } from '../write-configs'
import { rayJob, type Script, skyTask } from './jobs'
import { clusterReadme } from './readme'
import { clusterRows } from './rows'

export type ClusterRequest = ExportRequestOf<'cluster'>

/** A base model of at most so many bytes travels in the folder. */
const MAX_BASE = 64e6
const BASE = 'base'

/** Files below a folder, with slashes between the parts of their names. */
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .toSorted()

const bytesIn = (folder: string): number =>
  filesIn(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)

/** Copies a small base model. @returns how the folder's settings name it */
function placeBase(path: string, folder: string): string {
  const { base } = baseOf(path)
  const stat = statSync(base, { throwIfNoEntry: false })
  if (!stat) return base // it was moved away since the run; the settings name where it was
  if (stat.isDirectory() && bytesIn(base) <= MAX_BASE) {
    cpSync(modelPath(path), join(folder, BASE), { recursive: true, dereference: true })
    return BASE
  }
  return repositoryOf(base) ?? base
}

interface Writing {
  readonly context: ExportContext
  readonly folder: string
}

const write = ({ folder }: Writing, name: string, content: string): void => {
  writeDurably(join(folder, name), [new TextEncoder().encode(content)])
}

/** @returns how many records; null where the run has none, and then no file */
async function records(
  { context, folder }: Writing,
  request: DataRequest,
  name: string,
): Promise<WrittenExport | null> {
  const path = join(folder, name)
  try {
    return await writeData(context, request, path)
  } catch (error) {
    if (!(error instanceof GpoError) || error.code !== 'data') throw error
    rmSync(path, { force: true })
    return null
  }
}

/** The scripts that have something to train on; first the one that is nearest to the run's objective. */
function inOrder(scripts: readonly (Script & { readonly kind: string })[], { objective }: Plan): readonly Script[] {
  const own = learnsFromRewards(objective.kind) ? 'grpo' : objective.kind
  const near = scripts.some(({ kind }) => kind === own) ? own : 'dpo' // SimPO and ORPO train on pairs too
  return scripts.toSorted((a, b) => Number(b.kind === near) - Number(a.kind === near))
}

/** @throws {GpoError} 'data' if the run leaves nothing to train on; then nothing is left behind */
export const exportCluster = (context: ExportContext, request: ClusterRequest): Promise<WrittenExport> =>
  fillFolder(context.out, async (folder) => {
    const { run } = context
    const { plan } = run
    const writing = { context, folder }
    mkdirSync(join(folder, 'data'))
    const pairs = await records(writing, { ...request, format: 'pairs' }, 'pairs.jsonl')
    const labelled = await records(writing, { format: 'unpaired', states: request.states }, 'data/unpaired.jsonl')
    await records(writing, { format: 'stepwise' }, 'values.jsonl')
    const rows = await clusterRows(plan, context.readRows)
    const source = { plan, run: run.id, ...baseOf(plan.model.path), base: placeBase(plan.model.path, folder) }
    const script = (kind: string, file: string) => ({ kind, file, out: `gpo-${run.id}-${kind}` })
    const scripts = inOrder(
      [
        ...(pairs ? [script('dpo', 'train.py')] : []),
        ...(labelled ? [script('kto', 'train_kto.py'), script('sft', 'train_sft.py')] : []),
        ...(rows.train.length > 0 ? [script('grpo', 'train_grpo.py')] : []),
      ],
      plan,
    )
    const [first] = scripts
    if (!first)
      throw new GpoError(
        'data',
        `Run ${run.id} has neither trajectories nor rows with reference answers: there is nothing to train on.`,
      )
    writeCompanions(writing, source, scripts, rows.train.length > 0)
    if (rows.train.length > 0) write(writing, 'data/train.jsonl', rows.train.join(''))
    if (rows.evaluation.length > 0) write(writing, 'data/eval.jsonl', rows.evaluation.join(''))
    const hasVerl = rows.train.length > 0 && learnsFromRewards(plan.objective.kind)
    if (hasVerl) {
      const evaluation = rows.evaluation.length > 0 ? 'data/eval.jsonl' : 'data/train.jsonl'
      write(
        writing,
        'verl.yaml',
        verlConfig({ ...source, data: '' }, { train: 'data/train.jsonl', evaluation, reward: 'reward.py' }).content,
      )
    }
    write(writing, 'ray-job.json', rayJob(run.id, first))
    write(writing, 'sky.yaml', skyTask(run.id, first))
    write(
      writing,
      'README.md',
      clusterReadme({ source: { ...source, data: '' }, scripts, hasBase: source.base === BASE, hasVerl }),
    )
    writeChecksums(writing)
    const count = (pairs?.count ?? 0) + (labelled?.count ?? 0) + rows.train.length
    const verified = `Read back: ${verifyChecksums(folder)} files have the checksums in ${CHECKSUMS}.`
    return { bytes: bytesIn(folder), count, unit: 'records', maxDifference: 0, verified }
  })

/** The plan, the scripts and their settings. */
function writeCompanions(
  writing: Writing,
  source: Omit<ConfigSource, 'data'>,
  scripts: readonly Script[],
  isJudged: boolean,
): void {
  const fixed = (from: string, name: string) =>
    write(writing, name, readFileSync(join(resourcesFolder(), from, name), 'utf8'))
  const settings = {
    'train.py': ['dpo.yaml', trlDpo, 'pairs.jsonl'],
    'train_kto.py': ['kto.yaml', trlKto, 'data/unpaired.jsonl'],
    'train_sft.py': ['sft.yaml', trlSft, 'data/unpaired.jsonl'],
    'train_grpo.py': ['grpo.yaml', trlGrpo, 'data/train.jsonl'],
  } as const
  write(writing, 'plan.json', `${JSON.stringify(source.plan, null, 2)}\n`)
  fixed('trl', 'train.py') // the others load models as it does
  for (const { file } of scripts) {
    const [name, config, data] = settings[file as keyof typeof settings]
    write(writing, name, config({ ...source, data }).content)
    if (file !== 'train.py') fixed('cluster', file)
  }
  for (const name of ['requirements.txt', 'submit.py', 'common.py']) fixed('cluster', name)
  if (isJudged) for (const name of ['reward.py', 'verifier.js']) fixed('cluster', name)
}

function writeChecksums(writing: Writing): void {
  const { folder } = writing
  const sums = filesIn(folder).map((name) => [name, sha256OfFile(join(folder, name))] as const)
  write(writing, CHECKSUMS, checksumText(sums))
}
