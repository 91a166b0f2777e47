import { z } from 'zod'

/** How an answer was judged. The five are kept apart everywhere: only `correct` and `wrong` are answers. */
export const VERDICT_STATUSES = ['correct', 'wrong', 'unparseable', 'truncated', 'timeout'] as const
export type VerdictStatus = (typeof VERDICT_STATUSES)[number]

export const verifierSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z
        .literal('number')
        .describe('The last number of the answer, `#### 18` first; commas, units and fractions are read.'),
      tolerance: z.number().min(0).default(0).describe('Largest absolute difference that still counts as equal.'),
    }),
    z.strictObject({
      kind: z.literal('exact').describe('The text after the answer marker equals the reference.'),
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
        .describe('Mathematical equivalence; the last \\boxed{} first, then the last number or formula.'),
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
