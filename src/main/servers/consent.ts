/**
 * Sampling servers on other machines get prompts and the trained adapter. A plan may come from anybody, so such an address is used only after the person
 * here has named it; addresses on this machine, which may be the end of a tunnel, need no consent.
 */
import { addressText, engineAddress, isLoopback } from '@shared/engines/address'
import { GpoError } from '@shared/errors'
import type { Plan } from '@shared/schemas/plan'
import { keepServer, knownServers } from './known'

const foreign = (addresses: readonly string[]): URL[] =>
  addresses.map(engineAddress).filter((url) => url !== null && !isLoopback(url)) as URL[]

/** Those that nobody here has named. Another path of a named machine and port is the same server. */
function unnamed(addresses: readonly string[]): URL[] {
  const others = foreign(addresses)
  if (others.length === 0) return [] // a damaged list keeps no run from starting that needs none
  const named = new Set(foreign(knownServers().map(({ address }) => address)).map(({ origin }) => origin))
  return others.filter(({ origin }) => !named.has(origin))
}

/** The person has named them. */
export function allowEngines(addresses: readonly string[]): void {
  for (const url of unnamed(addresses)) keepServer({ address: addressText(url), copy: null })
}

/** @throws {GpoError} 'plan' naming the first address that nobody here has named */
export function refuseForeignEngines({ rollout }: Plan): void {
  const [unknown] = unnamed(rollout.engines)
  if (unknown === undefined) return
  const address = addressText(unknown)
  throw new GpoError(
    'plan',
    `rollout.engines names ${address}, which is another machine: prompts and the trained adapter would be sent there. If you want that, add it in Settings under Sampling servers, or say so once with gpo train PLAN --engine ${address}; or open a tunnel (ssh -L 8000:localhost:${unknown.port || '80'} ${unknown.hostname}) and use http://127.0.0.1:8000`,
  )
}
