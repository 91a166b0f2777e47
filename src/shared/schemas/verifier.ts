import { z } from 'zod'

/** How an answer was judged. The five are kept apart everywhere: only `correct` and `wrong` are answers. */
export const VERDICT_STATUSES = ['correct', 'wrong', 'unparseable', 'truncated', 'timeout'] as const
export type VerdictStatus = (typeof VERDICT_STATUSES)[number]

export const verifierSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z
        .literal('number')
        .describe(
          'A number: in a box, stated (`#### 18`, “the answer is 18”), or the last one; separators, units, fractions are read.',
        ),
      tolerance: z.number().min(0).default(0).describe('Largest absolute difference that still counts as equal.'),
    }),
    z.strictObject({
      kind: z
        .literal('exact')
        .describe('The text in a box, after the marker, stated, or in the last line equals the reference.'),
      ignoreCase: z.boolean().default(true),
      marker: z.string().default('####').describe('What stands before the answer; without it the last line is taken.'),
    }),
    z.strictObject({
      kind: z.literal('choice').describe('One letter among the choices.'),
      choices: z.string().min(2).max(26).default('ABCD').describe('The letters that are allowed, in order.'),
    }),
    z.strictObject({
      kind: z.literal('regex').describe('Group 1 of a regular expression (or the whole match) equals the reference.'),
      pattern: z.string().min(1).max(1000),
      flags: z
        .string()
        .regex(/^[imsu]*$/)
        .default(''),
    }),
    z.strictObject({
      kind: z
        .literal('latex')
        .describe('Mathematical equivalence; boxes first, then a stated answer, then the last formula or number.'),
      timeoutMs: z.number().int().min(1).default(2000).describe('Milliseconds until the comparison is given up.'),
    }),
  ])
  .describe('How a completion is compared with the reference answer.')
export type VerifierConfig = z.infer<typeof verifierSchema>

/** What a verifier says of one completion. `reward` is in [0, 1]. */
export interface Verdict {
  readonly reward: number
  readonly extracted: string | null
  readonly status: VerdictStatus
}
