/** Sampling servers that the person here has named: runs may send them prompts and the adapter. */
import { z } from 'zod'
import { addressProblem, addressText, engineAddress } from '../engines/address'
import { copyProblems } from '../engines/copy-command'
import { asked, done, oc, type } from './base'

const address = z
  .string()
  .max(500)
  .refine((text) => engineAddress(text) !== null, { error: ({ input }) => addressProblem(String(input)) ?? '' })
  .transform((text) => addressText(engineAddress(text)!)) // checked above

/** How the adapter reaches a server that does not see this machine's disk. */
export const copySchema = z
  .strictObject({
    /** A program and its arguments, run without a shell; {from} and {to} are replaced by folders. */
    command: z.string().trim().max(1000),
    /** The folder on the server that adapters are copied into. */
    folder: z.string().trim().max(500),
  })
  .superRefine((copy, context) => {
    for (const [part, message] of Object.entries(copyProblems(copy)))
      if (message !== null) context.addIssue({ code: 'custom', path: [part], message })
  })

export const serverSchema = z.strictObject({ address, copy: copySchema.nullable().default(null) })

/** A server that may be used. */
export type Server = z.infer<typeof serverSchema>

export interface ListedServer extends Server {
  /** On this machine, or the end of a tunnel. */
  readonly isLoopback: boolean
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
  forget: oc.input(z.strictObject({ address })).output(done),
  /** Asks a server that was named what it is. */
  check: oc.input(z.strictObject({ address })).output(type<ServerFound>()),
}
