/** The program itself: its system, its settings, files a person chose. */
import { z } from 'zod'
import type { BackendReport } from '../schemas/backend'
import { BACKEND_NAMES, type BackendName } from '../schemas/plan'
import { asked, done, oc, shortText, type } from './base'

export const settingsSchema = z.strictObject({
  theme: z.enum(['auto', 'light', 'dark']).default('auto'),
  backend: z.enum(['auto', ...BACKEND_NAMES]).default('auto'),
  /** Notify when a run longer than a minute ends. */
  notifications: z.boolean().default(true),
  /** Whether the button that asks for a newer version does so. Nothing is ever asked without the button. */
  updates: z.boolean().default(false),
})
export type Settings = z.infer<typeof settingsSchema>

export interface BackendFindings {
  /** Milliseconds since 1970. */
  readonly measuredAt: number
  readonly candidates: readonly BackendReport[]
  /** The backend that `auto` chooses; null if none is usable. */
  readonly chosen: BackendName | null
}

/** A file or folder in which the program stores data. */
export interface StoredPlace {
  readonly name: 'database' | 'runs' | 'imports'
  readonly path: string
  readonly bytes: number
}

/** What a check for a newer version found. */
export interface NewestVersion {
  readonly version: string
  readonly isNewer: boolean
}

export interface ProgramInfo {
  readonly version: string
  readonly host: 'electron' | 'browser'
  readonly database: string
  /** Whether its folder cannot be written: runs can be looked at and exported, nothing can be changed. */
  readonly isReadOnly: boolean
  readonly dataFolder: string
  readonly platform: string
  readonly memoryBytes: number
  readonly threads: number
  /** True where a system dialog can be opened; otherwise paths are typed. */
  readonly hasDialogs: boolean
  /** Versions of Node, Electron and Chromium. */
  readonly runtimes: Readonly<Record<string, string>>
  /** The file that is asked for a newer version; null where whoever built the program named none. */
  readonly updatesAddress: string | null
}

/** A file or folder that a person chose; only main creates grants. */
export interface ChosenPath {
  readonly grant: string
  /** The name on the screen. */
  readonly path: string
}

export const grantId = z.string().regex(/^grant-[\w-]{20,60}$/, { error: 'expected a file chosen in a dialog' })

export const systemContract = {
  info: asked.output(type<ProgramInfo>()),
  settings: asked.output(type<Settings>()),
  /** What the program stores on disk, with sizes. */
  storage: asked.output(type<readonly StoredPlace[]>()),
  /** The last measurement of the backends; null if there was none. */
  backends: asked.output(type<BackendFindings | null>()),
  /** Opens, tests and measures every backend in a separate process, and stores the result. */
  measureBackends: asked.output(type<BackendFindings>()),
  /** A text for support: the system, the settings, the newest failures. Names and secrets are replaced. */
  diagnostics: asked.output(type<string>()),
  /** Asks for the newest version, once, if the setting allows it. */
  newestVersion: asked.output(type<NewestVersion>()),
  changeSettings: oc.input(settingsSchema.partial()).output(type<Settings>()),
  /** Opens a system dialog; null when it was closed. */
  choose: oc
    .input(
      z.strictObject({
        kind: z.enum(['model', 'modelFile', 'dataset', 'plan', 'bundle', 'study', 'exportFolder', 'exportFile']),
        suggestedName: shortText.optional(),
      }),
    )
    .output(type<ChosenPath | null>()),
  /** The same for several files; none when it was closed. */
  chooseSeveral: oc.input(z.strictObject({ kind: z.literal('dataset') })).output(type<readonly ChosenPath[]>()),
  /** A path a person typed or dropped. Refused if the host has dialogs and the path was not dropped on the window. */
  typed: oc.input(z.strictObject({ path: z.string().min(1).max(4096) })).output(type<ChosenPath>()),
  /** Shows a run's folder in the system's file manager. */
  showRunFolder: oc.input(z.strictObject({ id: shortText })).output(done),
}
