/**
 * Every failure that a person can meet. A message names the thing, the value and the cure; the code names the kind of failure, which decides the
 * exit code of the `gpo` command.
 */
export const ERROR_CODES = {
  usage: 2,
  plan: 2,
  /** The data, weights, tokenizer or adapter of a run have changed. */
  changed: 2,
  data: 3,
  model: 4,
  backend: 5,
  training: 6,
  storage: 7,
  notFound: 8,
  interrupted: 130,
} as const

export type ErrorCode = keyof typeof ERROR_CODES

export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(ERROR_CODES, code)

/** An expected failure: shown to the person as it is, without a stack trace. Anything else that is thrown is a bug. */
export class GpoError extends Error {
  override readonly name = 'GpoError'
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options)
  }
}

/** One line for the log or the screen, for anything that was thrown. */
export function describeError(error: unknown): string {
  if (error instanceof Error) return error.message
  return String(error)
}
