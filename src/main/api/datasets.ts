import { addDataset, changeDataset, describe, listDatasets } from '@main/library/datasets/list'
import { removeEntry, restoreEntry } from '@main/library/entries'
import { api } from './base'

export const datasetsApi = {
  list: api.datasets.list.handler(({ context: { store } }) => listDatasets(store)),
  get: api.datasets.get.handler(({ context: { store }, input: { id } }) => describe(store, id)),
  add: api.datasets.add.handler(async ({ context: { store, grants }, input: { grant } }) => ({
    id: await addDataset(store, grants.take(grant)),
  })),
  update: api.datasets.update.handler(({ context: { store }, input: { id, ...change } }) =>
    changeDataset(store, id, change),
  ),
  remove: api.datasets.remove.handler(({ context: { store }, input: { id } }) => removeEntry(store, 'dataset', id)),
  restore: api.datasets.restore.handler(({ context: { store }, input: { id } }) => restoreEntry(store, 'dataset', id)),
}
