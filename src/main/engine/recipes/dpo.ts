/** DPO (Rafailov et al. 2023, arXiv 2305.18290) and GPO-DPO: see preference.ts for the procedure. */
import type { ObjectiveOf } from '@shared/schemas/plan'
import { dpoLoss } from '../objectives/dpo'
import { pairwise } from './preference'
import type { Procedure, Run } from './run'

export function dpo(run: Run, { beta, epochs, minibatches }: ObjectiveOf<'dpo'>): Procedure {
  return pairwise(run, {
    name: 'dpo',
    epochs,
    minibatches,
    loss: (pairs) => dpoLoss({ ...pairs, beta }),
  })
}
