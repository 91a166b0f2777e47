import { getStudy, getStudyHead, renameStudy } from '@main/store/studies'
import { beginStudy } from '@main/studies/begin'
import { checkStudy, refuseProblems } from '@main/studies/check'
import { chosenStudy } from '@main/studies/chosen'
import { exportStudy } from '@main/studies/export'
import { guidanceStudyOf, sweepStudyOf } from '@main/studies/of-run'
import { studyDetails, studyList } from '@main/studies/overview'
import { removeStudy } from '@main/studies/remove'
import { problemsOf, resultsOf } from '@main/studies/results'
import { writeStudyBundle } from '@main/studies/write-bundle'
import { api } from './base'

export const studiesApi = {
  list: api.studies.list.handler(({ context: { store, studies } }) => studyList(store, studies.active())),
  get: api.studies.get.handler(({ context: { store, studies }, input: { id } }) =>
    studyDetails(store, getStudy(store, id), studies.active() === id),
  ),
  results: api.studies.results.handler(({ context: { store }, input: { id } }) =>
    resultsOf(store, getStudy(store, id)),
  ),
  problems: api.studies.problems.handler(({ context: { store }, input: { id, ...wish } }) =>
    problemsOf(store, getStudy(store, id), wish),
  ),
  rename: api.studies.rename.handler(({ context: { store, studies }, input: { id, name } }) => {
    renameStudy(store, id, name)
    studies.announce()
  }),
  check: api.studies.check.handler(({ context: { store }, input: { document } }) => checkStudy(store, document, true)),
  ofRun: api.studies.ofRun.handler(({ context: { store }, input: { run, seeds } }) => ({
    document: guidanceStudyOf(store, run, seeds),
  })),
  sweepOfRun: api.studies.sweepOfRun.handler(({ context: { store }, input: { run, ...sweep } }) => ({
    document: sweepStudyOf(store, run, sweep),
  })),
  open: api.studies.open.handler(({ context: { store, grants }, input: { grant } }) =>
    chosenStudy(store, grants.take(grant)),
  ),
  create: api.studies.create.handler(async ({ context: { store, studies }, input: { document } }) => {
    refuseProblems(await checkStudy(store, document, true))
    const { id } = beginStudy(store, document)
    studies.resume(id)
    return { id }
  }),
  resume: api.studies.resume.handler(({ context: { studies }, input: { id } }) => studies.resume(id)),
  pause: api.studies.pause.handler(({ context: { studies }, input: { id } }) => studies.pause(id)),
  remove: api.studies.remove.handler(({ context: { store, studies, runs }, input: { id, runs: which } }) => {
    if (getStudyHead(store, id).state === 'queued') studies.pause(id)
    removeStudy(store, id, which === 'remove' ? 'hide' : 'keep')
    studies.announce()
    runs.announceRuns()
  }),
  export: api.studies.export.handler(({ context: { store }, input: { id, ...wish } }) => {
    const study = getStudy(store, id)
    return exportStudy(study.document, resultsOf(store, study), wish)
  }),
  bundle: api.studies.bundle.handler(({ context: { store, grants, version }, input: { id, grant, replaces } }) => {
    const study = getStudy(store, id)
    const results = resultsOf(store, study)
    const { document } = study
    const report = results.finished > 0 ? exportStudy(document, results, { format: 'markdown' }).text : null
    return writeStudyBundle({ store, document, report, version, out: grants.take(grant), replaces })
  }),
  live: api.studies.live.handler(({ context: { studies }, signal }) => studies.listen(signal)),
}
