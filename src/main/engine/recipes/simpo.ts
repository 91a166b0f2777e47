/** SimPO (Meng et al. 2024, arXiv 2405.14734) and GPO-SimPO: see preference.ts for the procedure. No reference policy. */
import type { ObjectiveOf } from '@shared/schemas/plan'
import { simpoLoss } from '../objectives/simpo'
import { pairwise } from './preference'
import type { Procedure, Run } from './run'

export function simpo(run: Run, { beta, gammaRatio, epochs, minibatches }: ObjectiveOf<'simpo'>): Procedure {
  return pairwise(run, {
    name: 'simpo',
    epochs,
    minibatches,
    loss: (pairs) => simpoLoss({ ...pairs, beta, gammaRatio }),
  })
}
