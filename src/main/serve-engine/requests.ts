/** What may be asked of the server: llama.cpp's own requests, as far as token ids, exact log-probabilities and adapters need them. Everything else is refused. */
import { beyondLimits } from '@shared/json-limits'
import { shown } from '@shared/shown'
import { z } from 'zod'

/** Tokens of a prompt and its continuation; no context is longer. */
export const MAX_TOKENS = 131_072
const MAX_STOPS = 1024
const MAX_PATH = 4096
const MAX_NAME = 200
const LIMITS = { depth: 8, values: MAX_TOKENS + 4096 }

/** What a person or a program is told instead of an answer. */
export class Refused extends Error {
  override readonly name = 'Refused'
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message)
  }
}

const token = z.number().int().min(0)
const id = z.number().int().min(0)

const off = <T extends number | boolean>(value: T) => z.literal(value).default(value as never)

export const completionRequest = z.strictObject({
  prompt: z.array(token, 'the ids of the tokens are expected, not text').min(1).max(MAX_TOKENS),
  n_predict: z.number().int().min(1).max(MAX_TOKENS),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 32 - 1),
  /** 0 = the most probable token. */
  temperature: z.number().min(0).max(100),
  /** 0 = off. */
  top_k: z.number().int().min(0),
  /** 1 = off. */
  top_p: z.number().gt(0).max(1),
  /** None: the base model. */
  lora: z
    .array(z.strictObject({ id, scale: z.literal(1) }))
    .max(1)
    .default([]),
  /** What ends a text; absent: what the model's file says. */
  stop_token_ids: z.array(token).max(MAX_STOPS).optional(),
  n_probs: z.literal(1),
  return_tokens: z.literal(true),
  cache_prompt: z.boolean().default(true),
  post_sampling_probs: off(false),
  min_p: off(0),
  typical_p: off(1),
  repeat_penalty: off(1),
  samplers: z.tuple([z.literal('top_k'), z.literal('top_p'), z.literal('temperature')]).optional(),
})
export type CompletionRequest = z.output<typeof completionRequest>

export const loadRequest = z.strictObject({
  path: z.string().min(1).max(MAX_PATH),
  name: z.string().min(1).max(MAX_NAME),
})

export const unloadRequest = z.strictObject({ id })

/** @throws {Refused} with a sentence that names the place and the problem */
export function parsed<T>(text: string, schema: z.ZodType<T>): T {
  const beyond = beyondLimits(text, LIMITS)
  if (beyond !== null) throw new Refused(400, `The request has ${beyond}.`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Refused(400, `The request is ${shown(text, 80)}, which is not JSON.`)
  }
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const at = issue?.path.join('.') ?? ''
  throw new Refused(400, `The request cannot be used${at === '' ? '' : ` at ${shown(at, 80)}`}: ${issue?.message}.`)
}

/** @throws {Refused} for what the model or its context has no room for */
export function refuseUnfit({ prompt, n_predict }: CompletionRequest, vocabulary: number, context: number): void {
  const foreign = prompt.find((token) => token >= vocabulary)
  if (foreign !== undefined)
    throw new Refused(400, `The token ${foreign} is not in this model's vocabulary of ${vocabulary}.`)
  const tokens = prompt.length + n_predict
  if (tokens > context)
    throw new Refused(
      400,
      `${prompt.length} tokens and ${n_predict} new ones are ${tokens}, beyond the context of ${context}: start the server with a larger --context.`,
    )
}
