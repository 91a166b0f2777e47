/** Once for all tests of the command: builds the program beside the one in `out/main`, and makes a small random model. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { TestProject } from 'vitest/node'
import { writeTinyModel } from './model-folder'

declare module 'vitest' {
  interface ProvidedContext {
    /** `headless.cjs`, just built. */
    readonly program: string
    /** A folder with a random model in it. */
    readonly model: string
  }
}

const root = resolve(import.meta.dirname, '../..')

function build(): string {
  const builder = join(root, 'node_modules/electron-vite/bin/electron-vite.js')
  const { status, stderr } = spawnSync(
    process.execPath,
    [builder, 'build', '--logLevel', 'error', '--outDir', 'out/test'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  )
  if (status !== 0) throw new Error(`the program could not be built: ${stderr}`)
  return join(root, 'out/test/main/headless.cjs')
}

export default function setup({ provide }: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'gpo-cli-'))
  provide('program', build())
  provide('model', writeTinyModel(join(folder, 'model')))
  return () => rmSync(folder, { recursive: true, force: true })
}
