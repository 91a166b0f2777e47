/** What a trainer needs to use the servers of its plan: their keys, and how the adapter gets there. */
import { createHash } from 'node:crypto'
import { addressText, engineAddress } from '@shared/engines/address'
import type { Plan } from '@shared/schemas/plan'
import type { ServerAccess } from '@shared/schemas/server'
import { knownServers } from './known'

/** The name that a server's key is kept under in the keychain. */
export const keyName = (address: string): string =>
  `server-${createHash('sha256').update(address).digest('hex').slice(0, 24)}`

/** The key of an address; null where it has none. */
export type KeyOf = (address: string) => string | null

/** The environment variable with the key of all servers, for whoever trains without a keychain. */
export const KEY_VARIABLE = 'GPO_ENGINE_KEY'

export const keyOfEnvironment: KeyOf = () => process.env[KEY_VARIABLE] || null

/** The server of the list that an address means: another path of the same machine and port is the same server, as for consent. */
function namedAs(address: string, known: ReturnType<typeof knownServers>) {
  const originOf = (text: string) => engineAddress(text)?.origin
  return (
    known.find((server) => server.address === address) ??
    known.find((server) => originOf(server.address) === originOf(address))
  )
}

/** Each address of the plan once. @throws {GpoError} 'storage' if the list of servers cannot be read */
export function accessTo({ rollout }: Plan, keyOf: KeyOf = keyOfEnvironment): readonly ServerAccess[] {
  if (rollout.engines.length === 0) return []
  const known = knownServers()
  const addresses = [...new Set(rollout.engines.map((text) => addressText(engineAddress(text)!)))] // the schema has checked them
  return addresses.map((address) => {
    const named = namedAs(address, known)
    return { address, key: keyOf(named?.address ?? address), copy: named?.copy ?? null }
  })
}
