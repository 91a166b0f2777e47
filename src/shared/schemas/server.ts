/** A sampling server: its address, and how the adapter gets there. */
import { z } from 'zod'
import { addressProblem, addressText, engineAddress } from '../engines/address'
import { copyProblems } from '../engines/copy-command'

export const serverAddress = z
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

export const serverSchema = z.strictObject({ address: serverAddress, copy: copySchema.nullable().default(null) })

/** A server that may be used. */
export type Server = z.infer<typeof serverSchema>

/** How a trainer reaches one of its plan's servers. */
export const serverAccessSchema = z.strictObject({
  address: z.string(),
  /** Sent to this address only. */
  key: z.string().nullable(),
  copy: copySchema.nullable(),
})

export type ServerAccess = z.infer<typeof serverAccessSchema>
