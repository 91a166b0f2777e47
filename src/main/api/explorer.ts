import { trajectoryHtml } from '@main/export/trajectory-html'
import { overlay } from '@main/runs/overlay'
import { prefixOf, sampleHere } from '@main/runs/sample-here'
import { blindAgreement, blindPair, insertBlindLabel } from '@main/store/blind-labels'
import {
  handContinuations,
  insertPair,
  listPairs,
  placeOf,
  removeHandContinuations,
  removePair,
} from '@main/store/hand-made'
import { criticalPositions, kindSteps } from '@main/store/positions'
import type { Store } from '@main/store/query'
import { getRun } from '@main/store/runs'
import {
  getTrajectory,
  listTrajectories,
  newerTrajectories,
  samePromptElsewhere,
  trajectoriesOfRow,
} from '@main/store/trajectories'
import type { ExplorerTrajectory } from '@shared/contract/explorer'
import { GpoError } from '@shared/errors'
import { valueInterval } from '@shared/interval'
import { advantagesOf } from '@shared/method/critical-step'
import { stepKinds } from '@shared/statistics/step-kinds'
import { api } from './base'

function explorerTrajectory(store: Store, id: number): ExplorerTrajectory {
  const trajectory = getTrajectory(store, id)
  const { states } = trajectory
  return {
    ...trajectory,
    intervals: states.map(valueInterval),
    advantages: advantagesOf(states),
    byHand: handContinuations(store, placeOf(store, id)),
  }
}

export const explorerApi = {
  list: api.explorer.list.handler(({ context: { store }, input: { run, ...request } }) =>
    listTrajectories(store, run, request),
  ),
  newer: api.explorer.newer.handler(({ context: { store }, input: { run, filter = {}, after } }) =>
    newerTrajectories(store, run, filter, after),
  ),
  get: api.explorer.get.handler(({ context: { store }, input: { id } }) => explorerTrajectory(store, id)),
  html: api.explorer.html.handler(({ context: { store }, input: { id } }) => {
    const { run, iteration, index } = placeOf(store, id)
    const text = trajectoryHtml(explorerTrajectory(store, id), getRun(store, run).name)
    return { fileName: `trajectory-${run}-${iteration}-${index + 1}.html`, text }
  }),
  follow: api.explorer.follow.handler(({ context: { store }, input: { run, row } }) =>
    trajectoriesOfRow(store, run, row),
  ),
  elsewhere: api.explorer.elsewhere.handler(({ context: { store }, input: { id } }) => samePromptElsewhere(store, id)),
  kinds: api.explorer.kinds.handler(({ context: { store }, input: { run } }) => stepKinds(kindSteps(store, run))),
  positions: api.explorer.positions.handler(({ context: { store }, input: { run } }) => criticalPositions(store, run)),
  overlay: api.explorer.overlay.handler(({ context, input: { id, checkpoint }, signal }) =>
    overlay({ ...context, place: placeOf(context.store, id) }, { trajectory: id, checkpoint }, signal),
  ),
  sampleHere: api.explorer.sampleHere.handler(({ context, input: { id, ...request }, signal }) => {
    const place = placeOf(context.store, id)
    return sampleHere({ ...context, place }, { trajectory: id, ...request }, signal)
  }),
  removeByHand: api.explorer.removeByHand.handler(({ context: { store }, input: { ids } }) =>
    removeHandContinuations(store, ids),
  ),
  savePair: api.explorer.savePair.handler(({ context: { store }, input: { id, state, chosen, rejected } }) => {
    if (chosen === rejected) throw new GpoError('usage', 'The two continuations are the same: choose two that differ.')
    const { prompt, steps } = getTrajectory(store, id)
    const pair = { state, prompt: prompt + prefixOf(steps, state), chosen, rejected }
    return { id: insertPair(store, placeOf(store, id), pair) }
  }),
  blindPair: api.explorer.blindPair.handler(({ context: { store }, input: { run } }) => blindPair(store, run)),
  judgeBlind: api.explorer.judgeBlind.handler(({ context: { store }, input: { id, left, right, chosen } }) =>
    insertBlindLabel(store, id, { left, right, chosen }),
  ),
  blindAgreement: api.explorer.blindAgreement.handler(({ context: { store }, input: { run } }) =>
    blindAgreement(store, run),
  ),
  pairs: api.explorer.pairs.handler(({ context: { store }, input: { run } }) => listPairs(store, run)),
  removePair: api.explorer.removePair.handler(({ context: { store }, input: { id } }) => removePair(store, id)),
}
