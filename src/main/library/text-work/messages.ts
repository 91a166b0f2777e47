/** What main and the process that works on text say to each other. */
import { type ErrorCode, isErrorCode } from '@shared/errors'
import { z } from 'zod'
import type { InputOf, TextTask } from './tasks'

export interface Asked<K extends TextTask = TextTask> {
  readonly task: K
  readonly input: InputOf<K>
}

const codeSchema = z.custom<ErrorCode>((code) => typeof code === 'string' && isErrorCode(code))

/** The result is as the task made it: the process runs this program's own code. `code` is null for a bug. */
export const answerSchema = z.union([
  z.strictObject({ result: z.unknown() }),
  z.strictObject({ code: codeSchema.nullable(), message: z.string() }),
])
export type TextAnswer = z.infer<typeof answerSchema>
