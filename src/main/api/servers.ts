import { openEngine } from '@main/engines/open'
import { KEY_VARIABLE, type KeyOf, keyName, keyOfEnvironment } from '@main/servers/access'
import { forgetServer, keepServer, knownServers } from '@main/servers/known'
import { engineAddress, isLoopback } from '@shared/engines/address'
import { GpoError } from '@shared/errors'
import { api } from './base'
import type { Host } from './services'

/** A kept key, or else the one of the environment. */
export const keysOf =
  ({ secrets }: Host): KeyOf =>
  (address) =>
    secrets?.read(keyName(address)) ?? keyOfEnvironment(address)

export const serversApi = {
  list: api.servers.list.handler(({ context: { host } }) => ({
    canKeepKey: host.secrets !== undefined,
    servers: knownServers().map((server) => ({
      ...server,
      isLoopback: isLoopback(engineAddress(server.address)!), // checked when it was kept
      hasKey: (host.secrets?.read(keyName(server.address)) ?? null) !== null,
    })),
  })),
  keep: api.servers.keep.handler(({ context: { host }, input: { key, ...server } }) => {
    if (key !== undefined) {
      if (!host.secrets)
        throw new GpoError('usage', `There is no keychain here: start the program with ${KEY_VARIABLE} set to the key.`)
      host.secrets.write(keyName(server.address), key, KEY_VARIABLE)
    }
    keepServer(server)
  }),
  forget: api.servers.forget.handler(({ context: { host }, input: { address } }) => {
    host.secrets?.write(keyName(address), '', KEY_VARIABLE)
    forgetServer(address)
  }),
  check: api.servers.check.handler(async ({ context: { host }, input: { address } }) => {
    if (knownServers().every((server) => server.address !== address))
      throw new GpoError('notFound', `${address} is not among the sampling servers: add it first.`)
    const begun = performance.now()
    const { capabilities } = await openEngine({ address, key: keysOf(host)(address) }, Number.MAX_SAFE_INTEGER)
    const { kind, version, model, loadsAdapters } = capabilities
    return { kind, version, model, loadsAdapters, milliseconds: Math.round(performance.now() - begun) }
  }),
}
