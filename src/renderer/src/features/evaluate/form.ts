/** The form's values and what they ask for. Pure. */
import { isUsable, keyOf, wantedModel } from '@renderer/lib/reference-options'
import type { EvaluationData, EvaluationRequest } from '@shared/contract/evaluations'
import type { PlaygroundModel, RowSourceChoice } from '@shared/contract/playground'
import type { VerifierConfig } from '@shared/schemas/verifier'

export interface Form {
  /** Keys. */
  readonly models: readonly string[]
  readonly source: string | null
  /** Null: as the data says. */
  readonly verifier: VerifierConfig | null
  readonly chatTemplate: boolean | null
  readonly maxNewTokens: number | null
  readonly limit: number
  readonly samples: number
  readonly temperature: number
  readonly seed: number
}

/** Enough for an interval of ±5 points. */
export const DEFAULT_ROWS = 300
const DEFAULT_TOKENS = 256

/**
 * A fine-tuned model and the one it started from, on the rows that its run held out.
 * @param wanted a path, a run's id, or `run:ID`; null for the newest run
 */
export function initialForm(
  models: readonly PlaygroundModel[],
  sources: readonly RowSourceChoice[],
  wanted: string | null,
): Form {
  const tuned = wantedModel(models, wanted)
  const base = models.filter(isUsable).find(({ path }) => tuned && path === tuned.base)
  const run = tuned?.reference.kind === 'run' ? tuned.reference.id : null
  const own = sources.find(({ source }) => source.kind === 'run' && source.id === run)
  const source = own ?? sources[0]
  return {
    models: [base, tuned].flatMap((model) => (model ? [keyOf(model.reference)] : [])),
    source: source ? keyOf(source.source) : null,
    verifier: null,
    chatTemplate: null,
    maxNewTokens: null,
    limit: DEFAULT_ROWS,
    samples: 0,
    temperature: 0.7,
    seed: 1,
  }
}

/** What the form shows where nobody has chosen: what suits the data. */
export function shownOf(form: Form, data: EvaluationData | undefined) {
  return {
    verifier: form.verifier ?? data?.verifier ?? null,
    chatTemplate: form.chatTemplate ?? data?.chatTemplate ?? false,
    maxNewTokens: form.maxNewTokens ?? data?.maxNewTokens ?? DEFAULT_TOKENS,
  }
}

/** Null while something is missing. */
export function requestOf(
  form: Form,
  data: EvaluationData | undefined,
  models: readonly PlaygroundModel[],
  sources: readonly RowSourceChoice[],
): EvaluationRequest | null {
  const chosen = models.filter(({ reference }) => form.models.includes(keyOf(reference)))
  const source = sources.find((one) => keyOf(one.source) === form.source)?.source
  if (chosen.length === 0 || !source || !data) return null
  const { limit, samples, temperature, seed } = form
  return {
    models: chosen.map(({ reference }) => reference),
    source,
    settings: {
      ...shownOf(form, data),
      limit: limit >= data.rows ? null : limit,
      ...{ samples, temperature, seed },
    },
  }
}
