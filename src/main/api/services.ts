/** The services that the API uses; a host creates them. */
import type { EvaluationManager } from '@main/evaluations/manager'
import type { Transfers } from '@main/export/transfers'
import type { RunManager } from '@main/runs/manager'
import type { Store } from '@main/store/query'
import type { StudyManager } from '@main/studies/manager'
import type { Fork } from '@main/workers/fork'
import type { Generators } from '@main/workers/generators'
import type { Grants } from './grants'

export type ChoiceKind = 'model' | 'modelFile' | 'dataset' | 'plan' | 'bundle' | 'study' | 'exportFolder' | 'exportFile'

/** Named values that only this user on this machine can read. */
export interface Secrets {
  read(name: string): string | null
  /** An empty value removes it. @param instead the environment variable that does without a keychain @throws {GpoError} 'usage' where there is none */
  write(name: string, value: string, instead: string): void
}

/** What differs between the Electron window and a browser. */
export interface Host {
  readonly kind: 'electron' | 'browser'
  /** A system dialog; null when it was closed, undefined if the host has no dialogs. */
  choose?(kind: ChoiceKind, suggestedName?: string): Promise<string | null>
  /** The same for several at once; none when it was closed. */
  chooseSeveral?(kind: 'dataset'): Promise<readonly string[]>
  showFolder?(path: string): Promise<void>
  /** Opens the folder that a file or folder is in, with it selected. */
  showItem?(path: string): Promise<void>
  /** Where crashes of the program leave their memory, if anywhere. */
  readonly crashFolder?: string
  /** The file that names the newest version, if whoever built the program named one. */
  readonly updatesAddress?: string
  /** The system's keychain, if there is one. */
  readonly secrets?: Secrets
}

export interface Services {
  readonly store: Store
  readonly runs: RunManager
  readonly studies: StudyManager
  readonly evaluations: EvaluationManager
  readonly host: Host
  readonly grants: Grants
  readonly version: string
  /** Built entry of the process that runs one job (evaluation, sampling, export). */
  readonly jobWorkerPath: string
  readonly fork?: Fork
  /** Processes of the playground. */
  readonly generators: Generators
  /** The running export or import. */
  readonly transfers: Transfers
}
