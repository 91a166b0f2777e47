import { z } from 'zod'
import { settingIn } from './plan/setting'

/** How an answer was judged. The five are kept apart everywhere: only `correct` and `wrong` are answers. */
export const VERDICT_STATUSES = ['correct', 'wrong', 'unparseable', 'truncated', 'timeout'] as const
export type VerdictStatus = (typeof VERDICT_STATUSES)[number]

const verifier = settingIn('Verifier')

const number = z.strictObject({
  kind: z.literal('number'),
  tolerance: verifier(z.number().min(0).default(0), {
    label: 'Tolerance',
    isSimple: true,
    aliases: ['atol', 'epsilon'],
    what: 'Largest absolute difference that still counts as equal.',
    advice: '0 for whole numbers; 0.01 where answers are rounded.',
  }),
})

const exact = z.strictObject({
  kind: z.literal('exact'),
  ignoreCase: verifier(z.boolean().default(true), {
    label: 'Upper and lower case are the same',
    isSimple: true,
    aliases: ['case_sensitive', 'ignore_case'],
    what: 'Answers that differ only in case are equal.',
    advice: 'Off where case matters, as in code or formulas.',
  }),
  marker: verifier(z.string().default('####'), {
    label: 'Marker',
    isSimple: true,
    aliases: ['answer prefix', 'delimiter'],
    what: 'The text before the answer in a completion; without it the last line is taken.',
    advice: 'The same words as in the prompt template.',
  }),
})

const choice = z.strictObject({
  kind: z.literal('choice'),
  choices: verifier(z.string().min(2).max(26).default('ABCD'), {
    label: 'Choices',
    isSimple: true,
    aliases: ['labels', 'letters', 'options'],
    what: 'The letters that are allowed, in order.',
    advice: 'ABCD for MMLU, ABCDEFGHIJ for MMLU-Pro.',
  }),
})

const regex = z.strictObject({
  kind: z.literal('regex'),
  pattern: verifier(z.string().min(1).max(1000), {
    label: 'Pattern',
    isSimple: true,
    aliases: ['regex', 'regular expression'],
    what: 'A regular expression; group 1 of the last match, or the whole match, is the answer.',
    advice: 'answer is (.+) finds what follows these words.',
  }),
  flags: verifier(
    z
      .string()
      .regex(/^[imsu]*$/)
      .default(''),
    {
      label: 'Flags',
      aliases: ['regex flags'],
      what: 'Flags of the regular expression: i, m, s and u.',
      advice: 'i where upper and lower case are the same.',
    },
  ),
})

const latex = z.strictObject({
  kind: z.literal('latex'),
  timeoutMs: verifier(z.number().int().min(1).default(2000), {
    label: 'Time limit',
    unit: 'ms',
    aliases: ['timeout'],
    what: 'A slower comparison of two formulas is given up; the completion counts as timed out.',
    advice: 'More for long formulas; each stuck comparison delays the run by this long.',
  }),
})

/** Both have nothing to set. */
const steps = z.strictObject({ kind: z.literal('steps') })
const countdown = z.strictObject({ kind: z.literal('countdown') })

const kinds = [number, exact, choice, regex, latex, steps, countdown] as const

export const verifierSchema = verifier(z.discriminatedUnion('kind', kinds), {
  label: 'Verifier',
  isSimple: true,
  aliases: ['reward_funcs', 'reward_model', 'reward function', 'judge', 'grader'],
  what: 'How a completion is compared with the reference answer; the result is the reward.',
  advice: 'The page Datasets tries a verifier on real rows and says why it fails.',
  options: {
    number: 'Number',
    exact: 'Exact text',
    choice: 'Multiple choice',
    regex: 'Regular expression',
    latex: 'Mathematics',
    steps: 'Every line',
    countdown: 'Countdown',
  },
})
export type VerifierConfig = z.infer<typeof verifierSchema>

/** What a verifier says of one completion. `reward` is in [0, 1]. */
export interface Verdict {
  readonly reward: number
  readonly extracted: string | null
  readonly status: VerdictStatus
}
