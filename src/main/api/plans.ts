import { refuseUnknownPath, refuseUnknownPaths } from '@main/library/known-paths'
import { checkedPlan } from '@main/library/plans/check'
import { readPlan } from '@main/library/plans/plan-file'
import { previewSteps } from '@main/library/plans/preview'
import { ratesForPlan } from '@main/runs/rates'
import { api } from './base'
import { probeStream } from './probe-stream'

export const plansApi = {
  check: api.plans.check.handler(({ context: { store }, input: { plan } }) => checkedPlan(store, plan)),
  preview: api.plans.preview.handler(({ context: { store }, input }) => {
    refuseUnknownPath(store, 'model', input.model, 'model.path')
    if (input.train) refuseUnknownPath(store, 'dataset', input.train.path, 'data.train.path')
    return previewSteps(store, input)
  }),
  rates: api.plans.rates.handler(({ context: { store }, input: { plan, isOffline } }) =>
    ratesForPlan(store, plan, isOffline),
  ),
  probe: api.plans.probe.handler(({ context, input: { plan }, signal }) => {
    refuseUnknownPaths(context.store, plan)
    return probeStream(context, plan, signal)
  }),
  read: api.plans.read.handler(({ context: { grants }, input: { grant } }) => {
    const file = grants.take(grant)
    return { plan: readPlan(file, []), file }
  }),
}
