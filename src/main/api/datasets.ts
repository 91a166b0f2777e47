import {
  addDataset,
  changeDataset,
  datasetRows,
  describe,
  listDatasets,
  usableDataset,
} from '@main/library/datasets/list'
import { beginUpload, cancelUpload, finishUpload, uploadPart } from '@main/library/datasets/uploads'
import { removeEntry, restoreEntry } from '@main/library/entries'
import { findModelByPath } from '@main/library/models/list'
import { runTextTask } from '@main/library/text-work/run'
import { GpoError } from '@shared/errors'
import { api } from './base'

export const datasetsApi = {
  list: api.datasets.list.handler(({ context: { store } }) => listDatasets(store)),
  get: api.datasets.get.handler(({ context: { store }, input: { id } }) => describe(store, id)),
  add: api.datasets.add.handler(async ({ context: { store, grants }, input: { grant } }) => ({
    id: await addDataset(store, grants.take(grant)),
  })),
  beginUpload: api.datasets.beginUpload.handler(async ({ context: { store }, input: { name, bytes } }) => ({
    upload: await beginUpload(store, name, bytes),
  })),
  uploadPart: api.datasets.uploadPart.handler(({ input: { upload, offset, data } }) =>
    uploadPart(upload, offset, data),
  ),
  finishUpload: api.datasets.finishUpload.handler(async ({ context: { store }, input: { upload } }) => ({
    id: await addDataset(store, await finishUpload(upload)),
  })),
  cancelUpload: api.datasets.cancelUpload.handler(({ input: { upload } }) => cancelUpload(upload)),
  update: api.datasets.update.handler(({ context: { store }, input: { id, ...change } }) =>
    changeDataset(store, id, change),
  ),
  remove: api.datasets.remove.handler(({ context: { store }, input: { id } }) => removeEntry(store, 'dataset', id)),
  restore: api.datasets.restore.handler(({ context: { store }, input: { id } }) => restoreEntry(store, 'dataset', id)),
  rows: api.datasets.rows.handler(({ context: { store }, input: { id, ...page } }) => datasetRows(store, id, page)),
  tryVerifier: api.datasets.tryVerifier.handler(async ({ context: { store }, input: { id, verifier } }) => {
    const { dataset, item } = await usableDataset(store, id)
    const config = verifier ?? item.verifier
    if (!config) throw new GpoError('data', `${item.name} has no reference answers: there is nothing to compare with.`)
    return runTextTask('trial', dataset, config)
  }),
  judge: api.datasets.judge.handler(({ input }) => runTextTask('judge', input)),
  lengths: api.datasets.lengths.handler(async ({ context: { store }, input: { id, model, ...format } }) => {
    const { dataset } = await usableDataset(store, id)
    return runTextTask('lengths', dataset, findModelByPath(store, model).folder, format)
  }),
  batch: api.datasets.batch.handler(async ({ context: { store }, input: { id, model, ...format } }) => {
    const { dataset } = await usableDataset(store, id)
    return runTextTask('batch', dataset, findModelByPath(store, model).folder, format)
  }),
}
