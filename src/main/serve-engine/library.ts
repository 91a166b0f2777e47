/**
 * llama.cpp, through the npm package node-llama-cpp. It is no part of this program (its libraries are hundreds of megabytes): it is looked up where the
 * person has installed it. The types are the part of it that is used.
 */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describeError, GpoError } from '@shared/errors'
import { shellWord } from '@shared/shell-word'

const PACKAGE = 'node-llama-cpp'

export interface NextToken {
  readonly token?: number | null
  /** Its probability, after everything that was done to the distribution. */
  readonly confidence?: number
  /** The most probable first. */
  readonly logits?: ReadonlyMap<number, number>
}

export interface Ask {
  readonly token?: true
  readonly confidence?: true
  readonly logits?: true
  readonly options: { temperature: number; topK: number; topP: number; minP: number; seed: number }
}

export type Input = number | [number, { readonly generateNext: Ask }]

export interface Sequence {
  /** What its cache holds. */
  readonly contextTokens: readonly number[]
  /** Forgets what comes after the common beginning. */
  adaptStateToTokens(tokens: readonly number[], allowShift: false): Promise<void>
  controlledEvaluate(input: readonly Input[]): Promise<readonly ({ readonly next: NextToken } | undefined)[]>
  clearHistory(): Promise<void>
}

export interface Context {
  readonly contextSize: number
  getSequence(): Sequence
  dispose(): Promise<void>
}

interface Adapter {
  dispose(): Promise<void>
}

export interface Model {
  readonly trainContextSize: number
  isEogToken(token: number): boolean
  createContext(options: object): Promise<Context>
  dispose(): Promise<void>
  /** Its own, not of its interface: adapters by their path. */
  readonly _loraAdapters?: Map<string, Adapter>
}

export interface Llama {
  readonly gpu: string | false
  readonly llamaCppRelease: { readonly release: string }
  loadModel(options: object): Promise<Model>
  dispose(): Promise<void>
}

export interface LlamaLibrary {
  readonly version: string
  /** @param log what llama.cpp says of errors @throws {GpoError} 'backend' without a build for this machine */
  open(log: (message: string) => void): Promise<Llama>
}

interface Exports {
  getLlama(options: object): Promise<Llama>
  getModuleVersion(): Promise<string>
}

const isIn = (folder: string): boolean => existsSync(join(folder, 'node_modules', PACKAGE, 'package.json'))

/**
 * @param chosen folders that a person has named, the first one counts
 * @param own where it belongs if none is named
 * @returns the folder whose node_modules has it
 * @throws {GpoError} 'notFound' with the command that installs it
 */
export function libraryFolder(chosen: readonly (string | undefined)[], own: string): string {
  const named = chosen.find((folder) => folder !== undefined && folder !== '')
  const folder = resolve(named ?? own)
  if (isIn(folder)) return folder
  throw new GpoError(
    'notFound',
    `llama.cpp is not installed in ${folder}: \`npm install --prefix ${shellWord(folder)} ${PACKAGE}\` installs it there (several hundred megabytes)`,
  )
}

/** @throws {GpoError} 'backend' if it cannot be loaded */
export async function loadLibrary(folder: string): Promise<LlamaLibrary> {
  const unusable = (error: unknown): never => {
    throw new GpoError('backend', `${PACKAGE} in ${folder} cannot be loaded: ${describeError(error)}`)
  }
  try {
    const entry = createRequire(join(folder, 'package.json')).resolve(PACKAGE)
    const { getLlama, getModuleVersion } = (await import(pathToFileURL(entry).href)) as Exports
    const options = { build: 'never', skipDownload: true, progressLogs: false, logLevel: 'error' }
    return {
      version: await getModuleVersion(),
      open: (log) =>
        getLlama({ ...options, logger: (_: string, message: string) => log(message.trim()) }).catch(unusable),
    }
  } catch (error) {
    return unusable(error)
  }
}
