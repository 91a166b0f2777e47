/**
 * The requests of main to its worker processes and their answers: one contract for the trainer and one for jobs. Streams come in batches of the
 * events that occurred while the previous batch was being sent. Main parses everything that arrives; workers parse their requests.
 */
import { eventIterator, oc } from '@orpc/contract'
import { evaluationResultSchema } from '@shared/schemas/evaluation'
import { z } from 'zod'
import { type JobKind, jobs } from './job'
import { startSchema, toldSchema } from './protocol'
import * as results from './results'

const command = oc.output(z.void())

export const trainerContract = {
  /** Once per process; the stream ends or fails when training ends or fails. */
  train: oc.input(startSchema).output(eventIterator(z.array(toldSchema))),
  /** At the next safe point, after a checkpoint. */
  stop: command,
  /** Before the update of this iteration, which is dropped; an update that has begun is finished first. */
  stopNow: command,
  /** At the next safe point, in the order asked. */
  pause: command,
  continue: command,
  checkpoint: command,
  evaluate: command,
  /** Main has received everything; the process ends. */
  end: command,
}

export const progressSchema = z.strictObject({
  type: z.literal('progress'),
  label: z.string(),
  done: z.number(),
  total: z.number(),
  tokens: z.number(),
  seconds: z.number(),
})
export type JobProgress = z.infer<typeof progressSchema>

/** Progress, and for jobs with several results each item as soon as it is found. */
const updates = <Item extends z.ZodType>(item: Item) =>
  z.array(z.discriminatedUnion('type', [progressSchema, z.strictObject({ type: z.literal('item'), value: item })]))

const job = <Input extends z.ZodType, Item extends z.ZodType, Result extends z.ZodType>(
  input: Input,
  item: Item,
  result: Result,
) => oc.input(input).output(eventIterator(updates(item), result))

export const jobsContract = {
  evaluate: job(jobs.evaluate, results.rowAnswerSchema, evaluationResultSchema),
  critical: job(jobs.critical, results.criticalSchema, z.object({ trajectories: z.number() })),
  continue: job(jobs.continue, results.continuedSchema, z.object({ count: z.number() })),
  overlay: job(jobs.overlay, results.overlaySchema, z.object({ tokens: z.number() })),
  score: job(jobs.score, z.never(), results.scoreSchema),
  export: job(jobs.export, z.never(), results.exportSchema),
  probe: job(jobs.probe, z.never(), results.probeSchema),
  doctor: job(jobs.doctor, z.never(), results.doctorSchema),
  /** May be called repeatedly for the same model. */
  generate: job(jobs.generate, results.tokenSchema, results.generatedSchema),
  /** Ends the current generation at the next token and returns the text so far. */
  stopGenerating: command,
  /** Main has received everything; the process ends. */
  end: command,
}

export type UpdateOf<K extends JobKind> =
  | JobProgress
  | { readonly type: 'item'; readonly value: results.Answers[K]['item'] }
