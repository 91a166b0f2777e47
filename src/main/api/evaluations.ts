import { compareEvaluations } from '@main/evaluations/compare'
import { evaluationTable } from '@main/evaluations/table'
import {
  evaluatedRows,
  getModelEvaluation,
  listModelEvaluations,
  requestOf,
  rowPairs,
} from '@main/store/model-evaluations'
import { askEvaluations, evaluationData } from './ask-evaluation'
import { api } from './base'

export const evaluationsApi = {
  list: api.evaluations.list.handler(({ context: { store } }) => listModelEvaluations(store)),
  get: api.evaluations.get.handler(({ context: { store }, input: { id } }) => getModelEvaluation(store, id)),
  data: api.evaluations.data.handler(({ context, input: { source } }) => evaluationData(context, source)),
  start: api.evaluations.start.handler(async ({ context, input }) => {
    const asked = await askEvaluations(context, input)
    return { ids: asked.map(({ record, job }) => context.evaluations.start(record, job)) }
  }),
  repeat: api.evaluations.repeat.handler(async ({ context, input: { id } }) => {
    const { model, ...request } = requestOf(context.store, id)
    const [asked] = await askEvaluations(context, { ...request, models: [model] })
    return { id: context.evaluations.start(asked!.record, asked!.job) }
  }),
  cancel: api.evaluations.cancel.handler(({ context, input: { id } }) => context.evaluations.cancel(id)),
  remove: api.evaluations.remove.handler(({ context, input: { id } }) => context.evaluations.remove(id)),
  rows: api.evaluations.rows.handler(({ context: { store }, input: { id, ...search } }) =>
    evaluatedRows(store, id, search),
  ),
  compare: api.evaluations.compare.handler(({ context: { store }, input: { first, second } }) =>
    compareEvaluations(store, first, second),
  ),
  pairs: api.evaluations.pairs.handler(({ context: { store }, input: { first, second, ...search } }) =>
    rowPairs(store, { first, second }, search),
  ),
  csv: api.evaluations.csv.handler(({ context: { store }, input: { first, second } }) =>
    evaluationTable(store, first, second),
  ),
  live: api.evaluations.live.handler(({ context: { evaluations }, signal }) => evaluations.listen(signal)),
}
