/** One prompt, one or two models, streaming. */
import { z } from 'zod'

import { type Verdict, type VerifierConfig, verifierSchema } from '../schemas/verifier'
import { asked, eventIterator, oc, runId, type } from './base'
import { grantId } from './system'

/** A model for the playground: bundled, in the library, a run's (its checkpoint, or its base if that is null), or a folder just chosen. */
export const modelReferenceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('bundled'), name: z.string().min(1).max(200) }),
  z.strictObject({ kind: z.literal('library'), id: z.string().min(1).max(200) }),
  z.strictObject({ kind: z.literal('run'), id: runId, checkpoint: z.number().int().min(0).nullable() }),
  z.strictObject({ kind: z.literal('grant'), grant: grantId }),
])
export type ModelReference = z.infer<typeof modelReferenceSchema>

export interface PlaygroundModel {
  readonly reference: ModelReference
  /** Its name on the screen: the model, or the run and its checkpoint. */
  readonly label: string
  /** The heading it is listed under. */
  readonly group: string
  /** Its folder. */
  readonly path: string
  /** For a run: the folder of the model it started from. */
  readonly base: string | null
  readonly hasChatTemplate: boolean
  /** Why it cannot be used; null if it can. */
  readonly problem: string | null
}

/** Rows to take prompts from: of a bundled dataset, one of the library, or a run's own. */
export const rowSourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('bundled'), name: z.string().min(1).max(200) }),
  z.strictObject({ kind: z.literal('library'), id: z.string().min(1).max(200) }),
  z.strictObject({ kind: z.literal('run'), id: runId, part: z.enum(['train', 'eval']) }),
])
export type RowSource = z.infer<typeof rowSourceSchema>

export interface PlaygroundRows {
  readonly total: number
  readonly verifier: VerifierConfig
  readonly chatTemplate: boolean
  readonly rows: readonly {
    readonly row: number
    /** The prompt with the run's template applied. */
    readonly prompt: string
    readonly reference: string
  }[]
}

export interface RowSourceChoice {
  readonly source: RowSource
  readonly label: string
  readonly group: string
}

/** A token shown alone. */
export interface TokenLabel {
  /** Its text, or its bytes, such as "E2 80". */
  readonly text: string
  /** True for a token that is a part of a character. */
  readonly isBytes: boolean
}

export interface TokenAlternative extends TokenLabel {
  readonly id: number
  readonly probability: number
}

/** A sampled token. */
export interface GeneratedToken {
  readonly id: number
  /** The text it adds; empty for the end token and for the first parts of a character. */
  readonly text: string
  readonly label: TokenLabel
  readonly isStop: boolean
  /** Its probability at the sampling temperature (1 when greedy), before top-k and top-p. */
  readonly probability: number
  /** The most likely tokens, most likely first. */
  readonly alternatives: readonly TokenAlternative[]
}

export interface GeneratedText {
  /** Why it ended: by the model, by the limit, or stopped by a person. */
  readonly reason: 'end' | 'length' | 'stopped'
  readonly text: string
  readonly tokens: number
  readonly promptTokens: number
  readonly prefillSeconds: number
  readonly seconds: number
  readonly device: string
  readonly verdict: Verdict | null
}

export type GenerationEvent =
  | { readonly type: 'loading' }
  | { readonly type: 'tokens'; readonly tokens: readonly GeneratedToken[] }
  | { readonly type: 'done'; readonly result: GeneratedText }

export const generationSchema = z.strictObject({
  prompt: z.string().max(200_000),
  chatTemplate: z.boolean(),
  seed: z.number().int().min(0).max(0xffffffff),
  temperature: z.number().min(0).max(10),
  topP: z.number().gt(0).max(1),
  topK: z.number().int().min(0).max(1e6),
  maxNewTokens: z.number().int().min(1).max(32768),
  /** The reference answer. */
  judge: z.strictObject({ verifier: verifierSchema, reference: z.string().max(100_000) }).nullable(),
})
export type Generation = z.infer<typeof generationSchema>

export const playgroundContract = {
  models: asked.output(type<readonly PlaygroundModel[]>()),
  /** Describes a folder just chosen. */
  inspect: oc.input(z.strictObject({ grant: grantId })).output(type<PlaygroundModel>()),
  sources: asked.output(type<readonly RowSourceChoice[]>()),
  rows: oc
    .input(
      z.strictObject({
        source: rowSourceSchema,
        offset: z.number().int().min(0).default(0),
        limit: z.number().int().min(1).max(200).default(50),
        /** Part of the prompt. */
        text: z.string().max(1000).default(''),
      }),
    )
    .output(type<PlaygroundRows>()),
  /** Ending the stream stops the generation. */
  generate: oc
    .input(z.strictObject({ model: modelReferenceSchema, generation: generationSchema }))
    .output(eventIterator(type<GenerationEvent>())),
}
