/** Work for a model that is not training: evaluation, critical steps, scoring, export, diagnosis. These are the requests. */
import type { Example } from '@shared/schemas/dataset'
import { planSchema } from '@shared/schemas/plan'
import { verifierSchema } from '@shared/schemas/verifier'
import { z } from 'zod'

const modelSchema = z.strictObject({
  folder: z.string().min(1),
  /** Folder of a run's checkpoint whose weights replace the base model's. */
  checkpoint: z.string().nullable(),
  /** Folder of an adapter in PEFT's layout for the model; cannot be combined with a checkpoint. */
  adapter: z.string().min(1).optional(),
})
export type ModelSource = z.infer<typeof modelSchema>

const exampleSchema = z.strictObject({
  row: z.number().int(),
  prompt: z.string(),
  reference: z.string(),
  completion: z.string().optional(),
})

const conversation = z.array(z.strictObject({ role: z.string(), content: z.string() })).readonly()

/** With the prompt as a conversation, for a chat template. */
const askedSchema = exampleSchema.extend({ messages: conversation.optional() })
type Asked = z.infer<typeof askedSchema>

/** What a job needs of a row of data. */
export const askedOf = ({ row, prompt, reference, completion, messages }: Example): Asked => ({
  ...{ row, prompt, reference },
  ...(completion === undefined ? {} : { completion }),
  ...(messages === undefined ? {} : { messages: messages.map(({ role, content }) => ({ role, content })) }),
})

const shared = {
  model: modelSchema,
  backend: planSchema.shape.backend,
}

const promptShape = {
  template: z.string(),
  chatTemplate: z.boolean(),
  chatTemplateName: z.string().optional(),
}

/** The input of each kind of job. */
export const jobs = {
  evaluate: z.strictObject({
    kind: z.literal('evaluate'),
    ...shared,
    ...promptShape,
    examples: z.array(askedSchema),
    verifier: verifierSchema,
    /** Samples per row besides the greedy one; 0 = greedy only. */
    samples: z.number().int().min(0).max(1024),
    temperature: z.number().gt(0),
    maxNewTokens: z.number().int().min(1),
    seed: z.number().int(),
  }),
  critical: z.strictObject({
    kind: z.literal('critical'),
    ...shared,
    ...promptShape,
    examples: z.array(askedSchema),
    verifier: verifierSchema,
    gpo: planSchema.shape.gpo,
    temperature: z.number().gt(0),
    maxNewTokens: z.number().int().min(1),
    seed: z.number().int(),
  }),
  /** Distributions of a model and of a reference at every token of a text that is there already. */
  overlay: z.strictObject({
    kind: z.literal('overlay'),
    ...shared,
    reference: modelSchema,
    ...promptShape,
    example: askedSchema,
    completion: z.string().min(1),
  }),
  score: z.strictObject({ kind: z.literal('score'), ...shared, prompt: z.string(), completion: z.string() }),
  export: z.strictObject({
    kind: z.literal('export'),
    ...shared,
    /** The whole model as a Hugging Face folder or one GGUF file, or the adapter alone in PEFT's layout or as GGUF. */
    layout: z.enum(['merged', 'adapter', 'gguf', 'gguf-adapter']),
    /** Name of the model inside a GGUF file. */
    name: z.string().max(500),
    out: z.string().min(1),
    /** A temporary folder beside `out`; whoever ends this process early must remove it. */
    partial: z.string().min(1),
    dtype: z.enum(['F32', 'F16', 'BF16', 'Q8_0']),
    /** README.md of a merged model. */
    card: z.string().optional(),
  }),
  /** Continuations of one row's trajectory after `prefix`, the text of the steps that are kept. */
  continue: z.strictObject({
    kind: z.literal('continue'),
    model: modelSchema,
    plan: planSchema,
    example: askedSchema,
    prefix: z.string(),
    count: z.number().int().min(1).max(1024),
    temperature: z.number().gt(0),
    seed: z.number().int().min(0),
  }),
  /** The process stays open for more requests of this kind and the same model. */
  generate: z.strictObject({
    kind: z.literal('generate'),
    ...shared,
    request: z.strictObject({
      prompt: z.string(),
      chatTemplate: z.boolean(),
      seed: z.number().int().min(0),
      /** 0 = greedy. */
      temperature: z.number().min(0).max(10),
      topP: z.number().gt(0).max(1),
      topK: z.number().int().min(0),
      maxNewTokens: z.number().int().min(1),
      /** Number of most likely tokens sent with each token. */
      alternatives: z.number().int().min(0).max(50),
      judge: z.strictObject({ verifier: verifierSchema, reference: z.string() }).nullable(),
    }),
  }),
  /** Runs a small part of an iteration, to estimate how long a whole one takes. Nothing of it is kept. */
  probe: z.strictObject({
    kind: z.literal('probe'),
    folder: z.string().min(1),
    plan: planSchema,
    examples: z.array(askedSchema),
  }),
  doctor: z.strictObject({ kind: z.literal('doctor') }),
}

export type JobKind = keyof typeof jobs
export const JOB_KINDS = Object.keys(jobs) as JobKind[] // its keys are its type's
export type JobOf<K extends JobKind> = z.infer<(typeof jobs)[K]>
