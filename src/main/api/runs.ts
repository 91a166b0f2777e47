import { refuseUnknownPaths } from '@main/library/known-paths'
import { folderBytes } from '@main/runs/files'
import { runLog } from '@main/runs/log'
import { offeredCheckpoints } from '@main/runs/on-disk'
import { withStartingModel } from '@main/runs/starting-model'
import { listCheckpoints } from '@main/store/checkpoints'
import { listEvaluations } from '@main/store/evaluations'
import { metricSummaries, readSeries } from '@main/store/metrics'
import { followedPrompts, probesOf } from '@main/store/probes'
import { runList } from '@main/store/run-list'
import { archiveRuns, changeRunNotes, hideRuns, restoreRuns, runNotes } from '@main/store/run-notes'
import { getRun, getRunSummary, refuseRunning, renameRun } from '@main/store/runs'
import { runTotals } from '@main/store/totals'
import { countTrajectories } from '@main/store/trajectories'
import { api } from './base'

const SHOWN_LOG_BYTES = 250_000

export const runsApi = {
  list: api.runs.list.handler(({ context: { store } }) => runList(store)),
  get: api.runs.get.handler(({ context: { store }, input: { id } }) => ({
    run: getRun(store, id),
    unrecorded: offeredCheckpoints(store, getRunSummary(store, id)),
    ...runNotes(store, id),
    metrics: metricSummaries(store, id),
    evaluations: listEvaluations(store, id),
    checkpoints: listCheckpoints(store, id),
    trajectories: countTrajectories(store, id),
  })),
  log: api.runs.log.handler(({ context: { store }, input: { id } }) =>
    runLog(getRunSummary(store, id), SHOWN_LOG_BYTES),
  ),
  series: api.runs.series.handler(({ context: { store }, input: { id, names, ...range } }) =>
    Object.fromEntries(names.map((name) => [name, readSeries(store, id, name, range)])),
  ),
  totals: api.runs.totals.handler(({ context: { store }, input: { id, points } }) => runTotals(store, id, points)),
  probes: api.runs.probes.handler(({ context: { store }, input: { id } }) => followedPrompts(store, id)),
  probeAnswers: api.runs.probeAnswers.handler(({ context: { store }, input: { id, iteration } }) =>
    probesOf(store, id, iteration),
  ),
  update: api.runs.update.handler(({ context: { store, runs }, input: { id, name, ...notes } }) => {
    if (name !== undefined) renameRun(store, id, name)
    changeRunNotes(store, id, notes)
    runs.announceRuns()
  }),
  archive: api.runs.archive.handler(({ context: { store, runs }, input: { ids, isArchived } }) => {
    archiveRuns(store, ids, isArchived)
    runs.announceRuns()
  }),
  files: api.runs.files.handler(async ({ context: { store }, input: { ids } }) => {
    const sizes = await Promise.all(ids.map((id) => folderBytes(getRunSummary(store, id).folder)))
    return {
      bytes: sizes.reduce((total, size) => total + size, 0),
      checkpoints: ids.reduce((total, id) => total + listCheckpoints(store, id).length, 0),
    }
  }),
  remove: api.runs.remove.handler(({ context: { store, runs }, input: { ids, files } }) => {
    for (const id of ids) refuseRunning(store, id)
    for (const id of runs.state().queue.filter((waiting) => ids.includes(waiting))) runs.stop(id)
    hideRuns(store, ids, files)
    runs.announceRuns()
  }),
  restore: api.runs.restore.handler(({ context: { store, runs }, input: { ids } }) => {
    restoreRuns(store, ids)
    runs.announceRuns()
  }),
  start: api.runs.start.handler(async ({ context: { store, runs, jobWorkerPath, fork }, input: { plan } }) => {
    refuseUnknownPaths(store, plan)
    return { id: await runs.start(await withStartingModel({ store, plan, workerPath: jobWorkerPath, fork })) }
  }),
  resume: api.runs.resume.handler(async ({ context: { runs }, input: { id, allowChanged, fromDisk } }) => ({
    notes: await runs.resume(id, { isChangeAllowed: allowChanged, isFromDisk: fromDisk }),
  })),
  pause: api.runs.pause.handler(({ context: { runs }, input: { id } }) => runs.pause(id)),
  stop: api.runs.stop.handler(({ context: { runs }, input: { id, now } }) => runs.stop(id, now)),
  startNext: api.runs.startNext.handler(({ context: { runs }, input: { id } }) => runs.startNext(id)),
  checkpointNow: api.runs.checkpointNow.handler(({ context: { runs }, input: { id } }) => runs.checkpointNow(id)),
  evaluateNow: api.runs.evaluateNow.handler(({ context: { runs }, input: { id } }) => runs.evaluateNow(id)),
  live: api.runs.live.handler(({ context: { runs }, signal }) => runs.listen(signal)),
}
