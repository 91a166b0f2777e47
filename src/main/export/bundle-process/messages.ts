/** What main and the process that reads a bundle say to each other. Main asks for one thing at a time. */
import { type ErrorCode, isErrorCode } from '@shared/errors'
import { z } from 'zod'

export type Asked = { readonly do: 'open'; readonly path: string } | { readonly do: 'next' }

const codeSchema = z.custom<ErrorCode>((code) => typeof code === 'string' && isErrorCode(code))

/** The values are as `readBundle` checked them there: the process runs this program's own code. `code` is null for a bug. */
export const answerSchema = z.union([
  z.strictObject({ value: z.unknown() }),
  z.strictObject({ code: codeSchema.nullable(), message: z.string() }),
])
export type Answer = z.infer<typeof answerSchema>
