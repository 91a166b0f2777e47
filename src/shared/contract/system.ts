/** The program itself: what it runs on, its settings, files a person chose. */
import { z } from 'zod'
import type { BackendReport } from '../schemas/backend'
import type { BackendName } from '../schemas/plan'
import { asked, done, oc, shortText, type } from './base'

export const settingsSchema = z.strictObject({
  theme: z.enum(['auto', 'light', 'dark']).default('auto'),
  backend: z.enum(['auto', 'tensorflow', 'webgpu', 'onnx', 'onnx-webgpu', 'wasm', 'cpu']).default('auto'),
  /** Tell when a run longer than a minute ends. */
  notifications: z.boolean().default(true),
})
export type Settings = z.infer<typeof settingsSchema>

export interface BackendFindings {
  /** Milliseconds since 1970. */
  readonly measuredAt: number
  readonly candidates: readonly BackendReport[]
  /** What `auto` takes; null where nothing can be used. */
  readonly chosen: BackendName | null
}

/** Something the program keeps on disk. */
export interface StoredPlace {
  readonly name: 'database' | 'runs' | 'imports'
  readonly path: string
  readonly bytes: number
}

export interface ProgramInfo {
  readonly version: string
  readonly host: 'electron' | 'browser'
  readonly database: string
  readonly dataFolder: string
  readonly platform: string
  readonly memoryBytes: number
  readonly threads: number
  /** True where a system dialog can be opened; otherwise paths are typed. */
  readonly hasDialogs: boolean
  /** Of what the program runs on: Node, Electron, Chromium. */
  readonly runtimes: Readonly<Record<string, string>>
}

/** A file or folder a person chose; the renderer never makes one up. */
export interface ChosenPath {
  readonly grant: string
  /** For the screen. */
  readonly path: string
}

export const grantId = z.string().regex(/^grant-[\w-]{20,60}$/, { error: 'expected a file chosen in a dialog' })

export const systemContract = {
  info: asked.output(type<ProgramInfo>()),
  settings: asked.output(type<Settings>()),
  /** What is on disk, and how large it is. */
  storage: asked.output(type<readonly StoredPlace[]>()),
  /** What was measured last; null if nothing was. */
  backends: asked.output(type<BackendFindings | null>()),
  /** Opens, tests and measures every backend in a process of its own, and remembers what was found. */
  measureBackends: asked.output(type<BackendFindings>()),
  /** Text to send to someone: what the program runs on, its settings, the newest failures. Names and secrets are replaced. */
  diagnostics: asked.output(type<string>()),
  changeSettings: oc.input(settingsSchema.partial()).output(type<Settings>()),
  /** Opens a system dialog; null when it was closed. */
  choose: oc
    .input(
      z.strictObject({
        kind: z.enum(['model', 'modelFile', 'dataset', 'plan', 'bundle', 'exportFolder', 'exportFile']),
        suggestedName: shortText.optional(),
      }),
    )
    .output(type<ChosenPath | null>()),
  /** A path a person typed or dropped. Refused where the host has dialogs and the path was not dropped on the window. */
  typed: oc.input(z.strictObject({ path: z.string().min(1).max(4096) })).output(type<ChosenPath>()),
  /** Shows a run's folder in the system's file manager. */
  showRunFolder: oc.input(z.strictObject({ id: shortText })).output(done),
}
