/** Sampling servers that the person here has named: runs may send them prompts and the adapter. */
import { z } from 'zod'
import { type Server, serverAddress, serverSchema } from '../schemas/server'
import { asked, done, oc, type } from './base'

export interface ListedServer extends Server {
  /** On this machine, or the end of a tunnel. */
  readonly isLoopback: boolean
  /** One is kept in the keychain. */
  readonly hasKey: boolean
}

export interface ServerList {
  readonly servers: readonly ListedServer[]
  /** Whether a key can be kept in the system's keychain; otherwise it comes from GPO_ENGINE_KEY. */
  readonly canKeepKey: boolean
}

/** What answers at an address. */
export interface ServerFound {
  readonly kind: string
  readonly version: string
  readonly model: string
  /** It can follow a policy that is trained. */
  readonly loadsAdapters: boolean
  readonly milliseconds: number
}

export const serversContract = {
  list: asked.output(type<ServerList>()),
  /** Adds it or replaces what is known of it: from now on it may be used. `key`: left out, the kept one stays; empty, it is removed. */
  keep: oc.input(serverSchema.extend({ key: z.string().trim().max(4096).optional() })).output(done),
  /** It may no longer be used, and its key is removed. */
  forget: oc.input(z.strictObject({ address: serverAddress })).output(done),
  /** Asks a server that was named what it is. */
  check: oc.input(z.strictObject({ address: serverAddress })).output(type<ServerFound>()),
}
