/** ORPO (Hong et al. 2024, arXiv 2403.07691) and GPO-ORPO: see preference.ts for the procedure. No reference policy. */
import type { ObjectiveOf } from '@shared/schemas/plan'
import { orpoLoss } from '../objectives/orpo'
import { pairwise } from './preference'
import type { Procedure, Run } from './run'

export function orpo(run: Run, { lambda, epochs, minibatches }: ObjectiveOf<'orpo'>): Procedure {
  return pairwise(run, {
    name: 'orpo',
    epochs,
    minibatches,
    loss: (pairs) => orpoLoss({ ...pairs, lambda }),
  })
}
