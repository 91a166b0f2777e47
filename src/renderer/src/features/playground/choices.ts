/** Which models are shown side by side, and which prompt they get. Pure. */
import { isUsable, keyOf, wantedModel } from '@renderer/lib/reference-options'
import type { Generation, PlaygroundModel } from '@shared/contract/playground'
import type { VerifierConfig } from '@shared/schemas/verifier'

export const modelOf = (models: readonly PlaygroundModel[], key: string | null): PlaygroundModel | null =>
  models.find(({ reference }) => keyOf(reference) === key) ?? null

export interface Sides {
  readonly left: string | null
  readonly right: string | null
}

/**
 * A fine-tuned model on the right and the one it started from on the left.
 * @param wanted a path, a run's id, or `run:ID`; null for the newest run
 */
export function initialSides(models: readonly PlaygroundModel[], wanted: string | null): Sides {
  const usable = models.filter(isUsable)
  const tuned = wantedModel(models, wanted)
  if (!tuned) return { left: null, right: null }
  const base = tuned.base === null ? tuned : usable.find(({ path }) => path === tuned.base)
  const other = base === tuned ? usable.find((model) => model !== tuned) : base
  const [left, right] = tuned.base === null ? [tuned, other] : [other, tuned]
  return { left: left ? keyOf(left.reference) : null, right: right ? keyOf(right.reference) : null }
}

export interface Settings {
  readonly temperature: number
  readonly topP: number
  readonly topK: number
  readonly maxNewTokens: number
  readonly seed: number
  readonly chatTemplate: boolean
}

export const INITIAL_SETTINGS: Settings = {
  temperature: 0.7,
  topP: 1,
  topK: 0,
  maxNewTokens: 256,
  seed: 1,
  chatTemplate: false,
}

/** A row of data that the prompt was taken from. */
export interface PickedRow {
  readonly row: number
  readonly source: string
  readonly prompt: string
  readonly reference: string
  readonly verifier: VerifierConfig
}

/** Answers are judged only while the prompt is unchanged. */
export function generationOf(prompt: string, settings: Settings, picked: PickedRow | null): Generation {
  const judge =
    picked && picked.prompt === prompt && picked.reference !== ''
      ? { verifier: picked.verifier, reference: picked.reference }
      : null
  return { prompt, ...settings, judge }
}

/** Index of the first token in which two completions differ; null while they agree. */
export function firstDifference(left: readonly { id: number }[], right: readonly { id: number }[]): number | null {
  const length = Math.min(left.length, right.length)
  for (let i = 0; i < length; i++) if (left[i]!.id !== right[i]!.id) return i
  return null
}
