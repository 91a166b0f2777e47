/**
 * Supervised fine-tuning: cross-entropy of the demonstrations' completions. One optimiser step per iteration, on `promptsPerIteration` rows;
 * `gpo.criticalStep` has no meaning here.
 */
import { sftLoss } from '../objectives/sft'
import { scalar, type TokenBatch, type TokenSequence } from '../policy/batch'
import { createLearner, type LossFunction } from '../policy/learner'
import { forwardLogps } from '../policy/score'
import type { Scalar } from '../tensor/tf'
import { onRows } from './offline'
import { optimise, trainedTokens } from './optimise'
import { forwardSettings, type Procedure, type Run } from './run'

type SftBatch = TokenBatch & { readonly denominator: Scalar }

export function sft(run: Run): Procedure {
  const { plan, policy, backend, demonstrations } = run
  const settings = forwardSettings(run)
  const loss: LossFunction<SftBatch> = (params, batch) =>
    sftLoss({ ...batch, logp: forwardLogps(settings, params, batch).logps })
  const learner = createLearner(backend, policy, 'sft', loss, plan.optimiser)
  const learn = (index: number, rows: readonly TokenSequence[]) =>
    optimise(run, learner, index, {
      epochs: 1,
      minibatches: 1,
      units: rows.map((row) => [row]),
      inputs: (_, minibatch) => ({ denominator: scalar(trainedTokens(minibatch.map((unit) => rows[unit]!))) }),
    })
  return { learner, iterate: onRows(run, demonstrations, learn) }
}
