/** Once for all tests of the command: builds the program, and makes a small random model. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { builtProgram } from './build'
import { writeTinyModel } from './model-folder'
import './provided'

export default function setup({ provide }: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'gpo-cli-'))
  provide('program', join(builtProgram(), 'main/headless.cjs'))
  provide('model', writeTinyModel(join(folder, 'model')))
  return () => rmSync(folder, { recursive: true, force: true })
}
