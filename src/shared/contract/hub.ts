/** The Hugging Face Hub. These calls use the network only because a person pressed a button. */
import { z } from 'zod'
import { asked, done, eventIterator, oc, type } from './base'

export type HubKind = 'model' | 'dataset'

export interface HubPlace {
  /** Address of the hub: HF_ENDPOINT. */
  readonly endpoint: string
  /** The shared cache for downloads: HF_HOME. */
  readonly cache: string
  readonly hasToken: boolean
  /** Whether a token can be kept in the system's keychain; otherwise it comes from HF_TOKEN. */
  readonly canKeepToken: boolean
}

export interface HubRepository {
  readonly id: string
  readonly downloads: number
  readonly likes: number
  readonly license: string | null
  readonly isGated: boolean
}

/** One form of a model in a repository that has several: a GGUF file, or all parts of one. */
export interface HubChoice {
  /** Its name, or that of its first part. */
  readonly file: string
  /** How its weights are stored, as its name says: Q8_0. */
  readonly type: string | null
  readonly parts: number
  readonly bytes: number
  /** False for types that are not read here. */
  readonly isReadable: boolean
}

export interface HubContents {
  readonly id: string
  readonly commit: string
  readonly license: string | null
  readonly isGated: boolean
  /** What would be downloaded. */
  readonly files: readonly { readonly name: string; readonly bytes: number }[]
  readonly bytes: number
  /** Bytes already downloaded. */
  readonly here: number
  /** GGUF files to choose from; none where there is nothing to choose. */
  readonly choices: readonly HubChoice[]
  /** The one of them that `files` is about; null: the folder of safetensors. */
  readonly file: string | null
  readonly hasFolder: boolean
}

export type DownloadEvent =
  | {
      readonly type: 'progress'
      readonly file: string
      readonly done: number
      readonly total: number
      readonly seconds: number
    }
  | { readonly type: 'done'; readonly path: string }

/** `file`: one of `choices`; null for the folder of safetensors; left out, the suggested one. */
const wanted = z.strictObject({
  kind: z.enum(['model', 'dataset']),
  id: z.string().min(1).max(200),
  file: z.string().min(1).max(512).nullish(),
})

export const hubContract = {
  place: asked.output(type<HubPlace>()),
  keepToken: oc.input(z.strictObject({ token: z.string().trim().max(500) })).output(done),
  search: oc
    .input(z.strictObject({ kind: wanted.shape.kind, text: z.string().max(200) }))
    .output(type<readonly HubRepository[]>()),
  contents: oc.input(wanted).output(type<HubContents>()),
  /** Downloads into the shared cache and adds to the list of models or datasets. Stops when the reader stops; what was downloaded is kept. */
  download: oc.input(wanted).output(eventIterator(type<DownloadEvent>())),
}
