import { GpoError } from '@shared/errors'
import { api } from './base'

const soon = (): never => {
  throw new GpoError('usage', 'Studies are being built: this does not work yet.')
}

export const studiesApi = {
  list: api.studies.list.handler(soon),
  get: api.studies.get.handler(soon),
  results: api.studies.results.handler(soon),
  problems: api.studies.problems.handler(soon),
  check: api.studies.check.handler(soon),
  ofRun: api.studies.ofRun.handler(soon),
  sweepOfRun: api.studies.sweepOfRun.handler(soon),
  open: api.studies.open.handler(soon),
  create: api.studies.create.handler(soon),
  resume: api.studies.resume.handler(soon),
  pause: api.studies.pause.handler(soon),
  remove: api.studies.remove.handler(soon),
  export: api.studies.export.handler(soon),
  bundle: api.studies.bundle.handler(soon),
  live: api.studies.live.handler(soon),
}
