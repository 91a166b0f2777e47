/**
 * The part of a trajectory that is read one at a time, as compressed JSON: continuations repeat each other, so a body of 28 shrinks to a
 * seventh and one of 4 to a quarter, for less than 0.1 ms each way.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { GpoError } from '@shared/errors'
import type { TrajectoryRecord } from '@shared/schemas/trajectory'
import { VERDICT_STATUSES } from '@shared/schemas/verifier'
import { z } from 'zod'

type Body = Pick<TrajectoryRecord, 'steps' | 'states' | 'continuations' | 'sampled'>

/** Larger than any trajectory, so that a damaged body cannot fill the memory. */
const MAX_BYTES = 256 * 2 ** 20

export const encodeBody = ({ steps, states, continuations, sampled }: Body): Uint8Array =>
  deflateRawSync(JSON.stringify({ steps, states, continuations, sampled }), { level: 3 })

const sampledSchema = z.object({ engine: z.string(), version: z.number(), logprobs: z.array(z.number()) }).optional()

const bodySchema: z.ZodType<Body> = z.object({
  steps: z.array(z.object({ start: z.number(), end: z.number(), text: z.string() })),
  states: z.array(z.object({ successes: z.number(), samples: z.number(), value: z.number().nullable() })),
  continuations: z.array(
    z.object({
      state: z.number(),
      purpose: z.enum(['value', 'reset']),
      trained: z.boolean(),
      tokens: z.number(),
      text: z.string(),
      reward: z.number(),
      status: z.enum(VERDICT_STATUSES),
      unfinished: z.literal(true).optional(),
      sampled: sampledSchema,
    }),
  ),
  sampled: sampledSchema,
})

/** @throws {GpoError} 'storage' */
export function decodeBody(id: number, bytes: Uint8Array): Body {
  try {
    return bodySchema.parse(JSON.parse(inflateRawSync(bytes, { maxOutputLength: MAX_BYTES }).toString('utf8')))
  } catch (cause) {
    const message = `Trajectory ${id} is damaged: its ${bytes.length} bytes cannot be read; restore a copy of the database.`
    throw new GpoError('storage', message, { cause })
  }
}

/** Lines of continuations, each once: they repeat each other. */
export const continuationLines = (continuations: Body['continuations']): string =>
  [...new Set(continuations.flatMap(({ text }) => text.split('\n')))].join('\n')
