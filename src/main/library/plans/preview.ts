/** Cuts a text into steps as GPO would. */

import { planValue } from '@main/store/json-column'
import { all, type Store } from '@main/store/query'
import type { StepsPreview } from '@shared/contract/plans'
import type { DataFile, Segmentation } from '@shared/schemas/plan'
import { findModelByPath } from '../models/list'
import { runTextTask } from '../text-work/run'
import { loadPlanData } from './facts'

export interface PreviewRequest {
  readonly model: string
  readonly train: DataFile | null
  readonly segmentation: Segmentation
  readonly index: number
  readonly text: string | null
}

type Shown = Omit<StepsPreview, 'steps' | 'tokens'> & { readonly text: string }

const MAX_TRAJECTORIES = 200

interface TrajectoryText {
  readonly row: number
  readonly prompt: string
  readonly text: string
}

/** Completions of earlier runs on the same data, the newest run's first. */
const trajectoriesOn = (store: Store, path: string): TrajectoryText[] =>
  all<TrajectoryText>(
    store,
    `SELECT t.row, x.prompt, x.text FROM trajectories AS t JOIN trajectory_texts AS x ON x.id = t.id
       WHERE t.run = (SELECT key FROM runs WHERE ${planValue('$.data.train.path')} = ? AND removed_at IS NULL
         AND EXISTS (SELECT 1 FROM trajectories WHERE run = runs.key) ORDER BY created_at DESC LIMIT 1)
       ORDER BY t.id DESC LIMIT ${MAX_TRAJECTORIES}`,
    path,
  )

const pick = <T>(items: readonly T[], index: number): T | undefined => items[index % Math.max(1, items.length)]

/** A solution from the data if it has any, else one from an earlier run, else the reference answer. */
async function textOf(store: Store, { train, text, index }: PreviewRequest): Promise<Shown | null> {
  if (text !== null) return { text, source: 'typed', row: null, prompt: null, count: 1 }
  if (!train) return null
  const { examples } = await loadPlanData(train)
  const solved = examples.filter(({ completion }) => completion !== undefined)
  const solution = pick(solved, index)
  if (solution?.completion !== undefined) {
    const { row, prompt, completion } = solution
    return { text: completion, source: 'completion', row, prompt, count: solved.length }
  }
  const written = trajectoriesOn(store, train.path)
  const trajectory = pick(written, index)
  if (trajectory) return { ...trajectory, source: 'trajectory', count: written.length }
  const example = pick(examples, index)
  if (!example) return null
  return {
    text: example.reference,
    source: 'reference',
    row: example.row,
    prompt: example.prompt,
    count: examples.length,
  }
}

/** @throws {GpoError} 'model', 'data', or 'plan' for a pattern that cannot be used */
export async function previewSteps(store: Store, request: PreviewRequest): Promise<StepsPreview | null> {
  const shown = await textOf(store, request)
  if (!shown) return null
  const { text, ...about } = shown
  const { folder } = findModelByPath(store, request.model)
  return { ...about, ...(await runTextTask('steps', folder, text, request.segmentation)) }
}
