/** The plan that is being edited. It is kept when the page is left, and can be started from a run, a preset or values from another page. */

import { api } from '@renderer/lib/api'
import { messageOf } from '@renderer/lib/errors'
import type { DatasetItem } from '@shared/contract/datasets'
import type { ModelItem } from '@shared/contract/models'
import { type DraftValue, draftOf, type PlanDraft, withValue } from '@shared/plan/draft'
import { DESCRIBED_LEAVES, type DescribedLeaf } from '@shared/plan/fields'
import { PLAN_LEAVES } from '@shared/plan/leaves'
import { PRESETS } from '@shared/plan/presets'
import type { Plan } from '@shared/schemas/plan'
import { useCallback, useEffect, useState } from 'react'
import { useLocation, useSearch } from 'wouter'
import { showSetting } from './form'

const KEY = 'gpo:new-run'
const ids = new Set(PLAN_LEAVES.map(({ id }) => id))

interface Kept {
  readonly draft: PlanDraft
  /** What it was started from, in words. */
  readonly origin: string
  readonly isAdvanced: boolean
}

const presetDraft = (id: string): PlanDraft => draftOf(PRESETS.find((preset) => preset.id === id)?.plan ?? {})

/** The first plan that the page shows: the demo, which can run unchanged. */
const initial = (): Kept => ({ draft: presetDraft('demo'), origin: 'Two-minute demo', isAdvanced: false })

/** Settings of another version are left out. */
function readKept(): Kept {
  try {
    const kept = JSON.parse(window.localStorage.getItem(KEY) ?? 'null') as Partial<Kept> | null
    if (!kept?.draft) return initial()
    const draft = Object.fromEntries(Object.entries(kept.draft).filter(([id]) => ids.has(id)))
    return { draft, origin: kept.origin ?? '', isAdvanced: kept.isAdvanced ?? false }
  } catch {
    return initial()
  }
}

/** The settings that come with a dataset: its columns, the verifier that fits it, its evaluation part. */
export function datasetValues(item: DatasetItem): Record<string, DraftValue | undefined> {
  const { kind, ...settings } = item.verifier ?? { kind: undefined }
  const hasColumns = Object.keys(item.columns).length > 0
  return {
    'data.train.path': item.path,
    'data.train.columns': hasColumns ? (item.columns as Readonly<Record<string, string>>) : undefined,
    'data.train.part': undefined,
    'data.train.delimiter': item.delimiter ?? undefined,
    'data.eval.path': item.evaluationPath ?? undefined,
    'data.eval.part': item.evaluationPart ?? undefined,
    'data.eval.columns':
      item.evaluationPart !== null && hasColumns ? (item.columns as Readonly<Record<string, string>>) : undefined,
    'data.eval.delimiter': item.evaluationPart === null ? undefined : (item.delimiter ?? undefined),
    ...(kind ? { 'verifier.kind': kind } : {}),
    ...Object.fromEntries(Object.entries(settings).map(([key, value]) => [`verifier.${key}@${kind}`, value])),
  }
}

/** The settings that come with an adapter, which a run that starts from it must have. */
export function adapterValues(item: ModelItem | undefined): Record<string, DraftValue | undefined> {
  const { r, alpha, rslora, targets } = item?.adapter ?? {}
  return {
    'adaptation.from@lora': item?.path,
    'adaptation.r@lora': r,
    'adaptation.alpha@lora': alpha,
    'adaptation.rslora@lora': rslora,
    'adaptation.targets@lora': targets,
  }
}

export interface DraftState extends Kept {
  readonly set: (id: string, value: DraftValue | undefined) => void
  readonly merge: (values: Readonly<Record<string, DraftValue | undefined>>) => void
  /** Replaces the plan. */
  readonly begin: (draft: PlanDraft, origin: string) => void
  /** Back to the plan that a first visit shows. */
  readonly reset: () => void
  /** The plan before the last `begin`; null if there was none. */
  readonly before: Kept | null
  readonly undo: () => void
  readonly setAdvanced: (isAdvanced: boolean) => void
  /** Why the plan or values named in the address could not be loaded. */
  readonly problem: string | null
}

export function useDraft(): DraftState {
  const [kept, setKept] = useState(readKept)
  const [before, setBefore] = useState<Kept | null>(null)
  useEffect(() => window.localStorage.setItem(KEY, JSON.stringify(kept)), [kept])

  const merge = useCallback((values: Readonly<Record<string, DraftValue | undefined>>) => {
    setKept((was) => ({
      ...was,
      draft: Object.entries(values).reduce((draft, [id, value]) => withValue(draft, id, value), was.draft),
    }))
  }, [])
  const begin = useCallback((draft: PlanDraft, origin: string) => {
    setKept((was) => {
      setBefore(was)
      return { ...was, draft, origin }
    })
  }, [])
  const show = useCallback((setting: DescribedLeaf) => {
    if (!setting.isSimple) setKept((was) => ({ ...was, isAdvanced: true }))
    showSetting(setting)
  }, [])
  const problem = useAddress(begin, merge, show)
  return {
    ...kept,
    before,
    problem,
    merge,
    begin,
    set: useCallback((id, value) => merge({ [id]: value }), [merge]),
    reset: () => begin(initial().draft, initial().origin),
    undo: () => {
      if (before) setKept(before)
      setBefore(null)
    },
    setAdvanced: (isAdvanced) => setKept((was) => ({ ...was, isAdvanced })),
  }
}

/** #/new?from=RUN, ?preset=ID, ?model=PATH, ?adapter=PATH, ?data=PATH, ?setting=ID; with `from`, &seed=next: applied once, then removed from the address. */
function useAddress(
  begin: DraftState['begin'],
  merge: DraftState['merge'],
  show: (setting: DescribedLeaf) => void,
): string | null {
  const search = useSearch()
  const [, go] = useLocation()
  const [problem, setProblem] = useState<string | null>(null)
  useEffect(() => {
    const asked = new URLSearchParams(search)
    const take = async () => {
      const keys = ['from', 'preset', 'model', 'adapter', 'data', 'setting', 'seed']
      const [from, preset, model, adapter, data, setting, seed] = keys.map((key) => asked.get(key))
      if (from) {
        const { run } = await api.runs.get({ id: from })
        begin(cloneDraft(run.plan), run.name)
        if (seed === 'next') merge({ seed: run.plan.seed + 1 })
      }
      const known = PRESETS.find(({ id }) => id === preset)
      if (known) begin(draftOf(known.plan), known.label)
      if (model) merge({ 'model.path': model })
      const found = adapter && (await api.models.list()).find(({ path }) => path === adapter)
      if (found) merge({ 'adaptation.kind': 'lora', ...adapterValues(found) })
      const item = data && (await api.datasets.list()).find(({ path }) => path === data)
      if (item) merge(datasetValues(item))
      const wanted = DESCRIBED_LEAVES.find(({ leaf }) => leaf.id === setting)
      if (wanted) show(wanted)
      setProblem(null)
    }
    if (search === '') return
    go('/new', { replace: true })
    void take().catch((error: unknown) => setProblem(messageOf(error)))
  }, [search, go, begin, merge, show])
  return problem
}

/** Without the name, so that two runs do not share it. */
function cloneDraft(plan: Plan): PlanDraft {
  const { name: _, ...draft } = draftOf(plan)
  return draft
}
