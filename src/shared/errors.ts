import { safeText, shown } from './shown'

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

/** Characters of a message; a plan with many problems has a few thousand. */
const MAX_MESSAGE = 20_000

/** An expected failure: shown to the person as it is, without a stack trace. Anything else that is thrown is a bug. */
export class GpoError extends Error {
  override readonly name = 'GpoError'
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(safeText(message, MAX_MESSAGE), options)
  }
}

/** A sentence for the log or the screen, for anything that was thrown. */
export const describeError = (error: unknown): string => wordsOf(error, 'message')

/** The same with where it was thrown, for a bug. */
export const describeBug = (error: unknown): string => wordsOf(error, 'stack')

function wordsOf(error: unknown, of: 'message' | 'stack'): string {
  if (typeof error === 'string') return safeText(error, MAX_MESSAGE)
  try {
    const words: unknown = error instanceof Error ? (error[of] ?? error.message) : undefined
    if (typeof words === 'string') return safeText(words, MAX_MESSAGE)
    if (words !== undefined) return shown(words)
  } catch {} // an error of foreign code may throw when it is read
  return shown(error)
}
