import { destinationOf, exportOptions, previewExport } from '@main/export/export-run'
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
  transfer: api.exports.transfer.handler(({ context: { transfers }, signal }) => transfers.listen(signal)),
  importBundle: api.exports.importBundle.handler(
    async ({ context: { grants, transfers, runs }, input: { grant }, signal }) => {
      const imported = await transfers.importBundle(grants.take(grant), signal)
      runs.announceRuns()
      return imported
    },
  ),
}
