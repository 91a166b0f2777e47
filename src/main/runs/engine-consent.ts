/**
 * Sampling servers on other machines get prompts and the trained adapter. A plan may come from anybody, so such an address is used only after the person
 * here has named it once; addresses on this machine, which may be the end of a tunnel, need no consent.
 */
import type { Store } from '@main/store/query'
import { readSetting, writeSetting } from '@main/store/settings'
import { addressText, engineAddress, isLoopback } from '@shared/engines/address'
import { GpoError } from '@shared/errors'
import type { Plan } from '@shared/schemas/plan'
import { z } from 'zod'

const SETTING = 'engines.allowed'

/** Origins: scheme, machine and port. */
const allowedSchema = z.array(z.string())

function allowedEngines(store: Store): readonly string[] {
  const known = allowedSchema.safeParse(readSetting(store, SETTING))
  return known.success ? known.data : []
}

const foreign = (addresses: readonly string[]): URL[] =>
  addresses.map(engineAddress).filter((url) => url !== null && !isLoopback(url)) as URL[]

/** The person has named them. */
export function allowEngines(store: Store, addresses: readonly string[]): void {
  const origins = foreign(addresses).map(({ origin }) => origin)
  if (origins.length > 0) writeSetting(store, SETTING, [...new Set([...allowedEngines(store), ...origins])])
}

/** @throws {GpoError} 'plan' naming the first address that nobody here has named */
export function refuseForeignEngines(store: Store, { rollout }: Plan): void {
  const allowed = allowedEngines(store)
  const unknown = foreign(rollout.engines).find(({ origin }) => !allowed.includes(origin))
  if (unknown === undefined) return
  const address = addressText(unknown)
  throw new GpoError(
    'plan',
    `rollout.engines names ${address}, which is another machine: prompts and the trained adapter would be sent there. If you want that, say so once with gpo train PLAN --engine ${address}; or open a tunnel (ssh -L 8000:localhost:${unknown.port || '80'} ${unknown.hostname}) and use http://127.0.0.1:8000`,
  )
}
