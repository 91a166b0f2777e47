/** Once for all tests of the command: builds the program, and makes a small random model. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { builtProgram } from './build'
import { writeTinyModel } from './model-folder'

declare module 'vitest' {
  interface ProvidedContext {
    /** `headless.cjs`, just built. */
    readonly program: string
    /** A folder with a random model in it. */
    readonly model: string
  }
}

export default function setup({ provide }: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'gpo-cli-'))
  provide('program', join(builtProgram(), 'main/headless.cjs'))
  provide('model', writeTinyModel(join(folder, 'model')))
  return () => rmSync(folder, { recursive: true, force: true })
}
