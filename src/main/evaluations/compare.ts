/** Two evaluations on the rows that both have. */
import { getModelEvaluation, pairedCounts, pairedSamples } from '@main/store/model-evaluations'
import type { Store } from '@main/store/query'
import type { EvaluationComparison } from '@shared/contract/evaluations'
import { GpoError } from '@shared/errors'
import type { EvaluationResult, EvaluationSummary } from '@shared/schemas/evaluation'
import { intervalOf } from '@shared/statistics/estimate'
import { comparePaired } from '@shared/statistics/mcnemar'
import { pairedDifference } from '@shared/statistics/paired'

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)

interface Done extends EvaluationSummary {
  readonly result: EvaluationResult
}

const cut = ({ result }: Done) => result.maxNewTokens

/** What differs besides the model. */
function warningsOf(first: Done, second: Done): string[] {
  const [a, b] = [first.settings, second.settings]
  return [
    !isSame(a.verifier, b.verifier) &&
      `They were judged differently: by the verifier ${a.verifier.kind} and by ${b.verifier.kind}${a.verifier.kind === b.verifier.kind ? ' with other options' : ''}.`,
    a.template !== b.template && 'They were asked with different prompt templates.',
    a.chatTemplate !== b.chatTemplate && 'Only one of them was asked with a chat template.',
    cut(first) !== cut(second) &&
      `Answers were cut at ${cut(first)} tokens in the first and at ${cut(second)} in the second.`,
  ].filter((sentence) => sentence !== false)
}

function doneOf(store: Store, id: string): Done {
  const found = getModelEvaluation(store, id)
  if (found.result) return { ...found, result: found.result }
  throw new GpoError('usage', `The evaluation of ${found.model} has no answers yet: it is ${found.state}.`)
}

function sampledDifference(store: Store, first: EvaluationSummary, second: EvaluationSummary) {
  const [a, b] = [first.settings.samples, second.settings.samples]
  if (a === 0 || b === 0) return null
  const pairs = pairedSamples(store, first.id, second.id)
  const estimate = pairedDifference([pairs.map((pair) => pair.second / b - pair.first / a)])
  return estimate && { difference: estimate.value, ...intervalOf(estimate, 0.9) }
}

/** @throws GpoError('usage') for one without answers */
export function compareEvaluations(store: Store, one: string, other: string): EvaluationComparison {
  const [first, second] = [doneOf(store, one), doneOf(store, other)]
  const counts = pairedCounts(store, one, other)
  const greedy = comparePaired(counts)
  const paired = greedy?.n ?? 0
  return {
    first,
    second,
    counts,
    greedy,
    sampled: sampledDifference(store, first, second),
    unpaired: first.result.n + second.result.n - 2 * paired,
    warnings: warningsOf(first, second),
  }
}
