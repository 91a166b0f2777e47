/**
 * Which paths a plan from the window may name: bundled ones, those in the library, and those that earlier runs of this installation used. The
 * window cannot name any other path.
 */
import { resolve } from 'node:path'
import { isBundled } from '@main/paths'
import { planValue } from '@main/store/json-column'
import { all, type Store } from '@main/store/query'
import { GpoError } from '@shared/errors'
import type { Plan } from '@shared/schemas/plan'
import { shown } from '@shared/shown'
import { type EntryKind, findEntryByPath } from './entries'

/** Imported runs are excluded, because nobody here chose their paths. */
const USED: Readonly<Record<EntryKind, string>> = {
  model: `SELECT ${planValue('$.model.path')} AS path FROM runs WHERE is_read_only = 0
    UNION SELECT ${planValue('$.adaptation.from')} FROM runs WHERE is_read_only = 0`,
  dataset: `SELECT ${planValue('$.data.train.path')} AS path FROM runs WHERE is_read_only = 0
    UNION SELECT ${planValue('$.data.eval.path')} FROM runs WHERE is_read_only = 0`,
}

const PAGES: Readonly<Record<EntryKind, string>> = { model: 'Models', dataset: 'Datasets' }

/** The folder of the adapter that a plan starts from; null if there is none. */
export const adapterOf = ({ adaptation }: Plan): string | null =>
  adaptation.kind === 'lora' ? (adaptation.from ?? null) : null

/** `run:ID`: the result of a run of this installation. */
export const RUN_MODEL = 'run:'

const hasRun = (store: Store, id: string): boolean =>
  all(store, 'SELECT 1 FROM runs WHERE id = ? AND is_read_only = 0 AND removed_at IS NULL', id).length > 0

export function isKnownPath(store: Store, kind: EntryKind, path: string): boolean {
  if (isBundled(path)) return true
  if (kind === 'model' && path.startsWith(RUN_MODEL)) return hasRun(store, path.slice(RUN_MODEL.length))
  if (findEntryByPath(store, kind, path)) return true
  const wanted = resolve(path)
  return all<{ path: string | null }>(store, USED[kind]).some(
    ({ path: used }) => used !== null && !isBundled(used) && resolve(used) === wanted,
  )
}

/** @throws {GpoError} 'usage' for a path that was not chosen here */
export function refuseUnknownPath(store: Store, kind: EntryKind, path: string, key: string): void {
  if (isKnownPath(store, kind, path)) return
  const cure = `add it on the page ${PAGES[kind]} first`
  throw new GpoError('usage', `${key} is ${shown(path)}, which is not in the library: ${cure}.`)
}

/** @throws {GpoError} 'usage' naming the first path of the plan that was not chosen here */
export function refuseUnknownPaths(store: Store, plan: Plan): void {
  const { model, data } = plan
  const adapter = adapterOf(plan)
  refuseUnknownPath(store, 'model', model.path, 'model.path')
  if (adapter !== null) refuseUnknownPath(store, 'model', adapter, 'adaptation.from')
  refuseUnknownPath(store, 'dataset', data.train.path, 'data.train.path')
  if (data.eval) refuseUnknownPath(store, 'dataset', data.eval.path, 'data.eval.path')
}
