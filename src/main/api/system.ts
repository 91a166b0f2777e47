import { availableParallelism, platform, release, totalmem } from 'node:os'
import { dataFolder } from '@main/paths'
import { ownRunFolder } from '@main/paths/run-folder'
import type { Store } from '@main/store/query'
import { getRunSummary } from '@main/store/runs'
import { readSetting, writeSetting } from '@main/store/settings'
import { type Settings, settingsSchema } from '@shared/contract/system'
import { GpoError } from '@shared/errors'
import { measureBackends, rememberedBackends } from './backends'
import { api } from './base'
import { diagnosticsOf, runtimes } from './diagnostics'
import { storedPlaces } from './storage'
import { newestVersion } from './updates'

/** Values of another version that are not valid are replaced by their defaults. */
export function settingsOf(store: Store): Settings {
  const stored = settingsSchema.safeParse(readSetting(store, 'settings') ?? {})
  return stored.success ? stored.data : settingsSchema.parse({})
}

export const systemApi = {
  info: api.system.info.handler(({ context: { store, host, version } }) => ({
    version,
    host: host.kind,
    database: store.file,
    isReadOnly: store.isReadOnly,
    dataFolder: dataFolder(),
    platform: `${platform()} ${release()}`,
    memoryBytes: totalmem(),
    threads: availableParallelism(),
    hasDialogs: host.choose !== undefined,
    runtimes: runtimes(),
    updatesAddress: host.updatesAddress ?? null,
  })),
  settings: api.system.settings.handler(({ context: { store } }) => settingsOf(store)),
  storage: api.system.storage.handler(({ context: { store } }) => storedPlaces(store)),
  backends: api.system.backends.handler(({ context: { store } }) => rememberedBackends(store)),
  measureBackends: api.system.measureBackends.handler(({ context }) => measureBackends(context)),
  diagnostics: api.system.diagnostics.handler(({ context }) => diagnosticsOf(context, settingsOf(context.store))),
  newestVersion: api.system.newestVersion.handler(({ context: { store, host, version } }) =>
    newestVersion({ isAllowed: settingsOf(store).updates, address: host.updatesAddress ?? null, version }),
  ),
  changeSettings: api.system.changeSettings.handler(({ context: { store }, input }) => {
    const next = { ...settingsOf(store), ...input }
    writeSetting(store, 'settings', next)
    return next
  }),
  choose: api.system.choose.handler(async ({ context: { host, grants }, input: { kind, suggestedName } }) => {
    if (!host.choose) throw new GpoError('usage', 'This host has no dialogs: type the path instead.')
    const path = await host.choose(kind, suggestedName)
    return path === null ? null : grants.give(path)
  }),
  chooseSeveral: api.system.chooseSeveral.handler(async ({ context: { host, grants }, input: { kind } }) => {
    if (!host.chooseSeveral) throw new GpoError('usage', 'This host has no dialogs: type the path instead.')
    return (await host.chooseSeveral(kind)).map((path) => grants.give(path))
  }),
  typed: api.system.typed.handler(({ context: { host, grants }, input: { path } }) => {
    if (host.kind === 'electron') throw new GpoError('usage', 'Choose the file in a dialog, or drop it on the window.')
    return grants.give(path)
  }),
  showRunFolder: api.system.showRunFolder.handler(async ({ context: { host, store }, input: { id } }) => {
    if (!host.showFolder) throw new GpoError('usage', 'This host cannot open folders: the path is shown on the page.')
    const folder = ownRunFolder(store.file, getRunSummary(store, id).id)
    if (folder === null) throw new GpoError('notFound', `Run ${id} has no folder yet: it has written nothing.`)
    await host.showFolder(folder)
  }),
}
