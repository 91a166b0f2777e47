import { changeEntry, removeEntry, restoreEntry } from '@main/library/entries'
import { checksumModel } from '@main/library/models/checksums'
import { inspectModel } from '@main/library/models/details'
import { addModel, listModels } from '@main/library/models/list'
import { api } from './base'

export const modelsApi = {
  list: api.models.list.handler(({ context: { store } }) => listModels(store)),
  add: api.models.add.handler(({ context: { store, grants }, input: { grant } }) => ({
    id: addModel(store, grants.take(grant)),
  })),
  rename: api.models.rename.handler(({ context: { store }, input: { id, name } }) =>
    changeEntry(store, 'model', id, { name }),
  ),
  remove: api.models.remove.handler(({ context: { store }, input: { id } }) => removeEntry(store, 'model', id)),
  restore: api.models.restore.handler(({ context: { store }, input: { id } }) => restoreEntry(store, 'model', id)),
  inspect: api.models.inspect.handler(({ context: { store }, input: { id } }) => inspectModel(store, id)),
  checksum: api.models.checksum.handler(({ context: { store }, input: { id }, signal }) =>
    checksumModel(store, id, signal),
  ),
}
