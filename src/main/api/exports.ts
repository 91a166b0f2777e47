import { destinationOf, exportOptions, previewExport } from '@main/export/export-run'
import { addModel } from '@main/library/models/list'
import { MODEL_FORMATS } from '@shared/contract/exports'
import { GpoError } from '@shared/errors'
import { api } from './base'

export const exportsApi = {
  options: api.exports.options.handler(({ context: { store }, input: { run } }) => exportOptions(store, run)),
  preview: api.exports.preview.handler(({ context: { store, version }, input: { run, request }, signal }) =>
    previewExport(store, run, request, signal, version),
  ),
  destination: api.exports.destination.handler(({ context: { grants }, input: { grant, format } }) =>
    destinationOf(grants.take(grant), format),
  ),
  start: api.exports.start.handler(({ context: { grants, transfers }, input: { run, request, grant, replaces } }) => {
    transfers.startExport(run, request, grants.take(grant), replaces)
  }),
  cancel: api.exports.cancel.handler(({ context: { transfers } }) => transfers.cancel()),
  dismiss: api.exports.dismiss.handler(({ context: { transfers } }) => transfers.dismiss()),
  show: api.exports.show.handler(async ({ context: { host, transfers } }) => {
    const { path } = transfers.exported()
    if (!host.showItem) throw new GpoError('usage', `This host cannot open folders: it is in ${path}.`)
    await host.showItem(path)
  }),
  keep: api.exports.keep.handler(({ context: { store, transfers } }) => {
    const { path, format } = transfers.exported()
    if (!MODEL_FORMATS.includes(format)) throw new GpoError('usage', `An export as ${format} is not a model.`)
    addModel(store, path)
    return { path }
  }),
  transfer: api.exports.transfer.handler(({ context: { transfers }, signal }) => transfers.listen(signal)),
  importBundle: api.exports.importBundle.handler(
    async ({ context: { grants, transfers, runs }, input: { grant }, signal }) => {
      const imported = await transfers.importBundle(grants.take(grant), signal)
      runs.announceRuns()
      return imported
    },
  ),
}
