/** The program as the tests run it, in `out/test`: built once for all projects of one vitest, and only if something has changed. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
const out = join(root, 'out/test')

const newest = (path: string): number =>
  statSync(path).isDirectory()
    ? Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))))
    : statSync(path).mtimeMs

const modified = (path: string): number => (existsSync(path) ? statSync(path).mtimeMs : 0)

/** @returns the folder with `main`, `preload` and `renderer` */
export function builtProgram(): string {
  const sources = ['src', 'electron.vite.config.ts', 'package-lock.json'].map((file) => newest(join(root, file)))
  const built = ['main/headless.cjs', 'preload/index.cjs', 'renderer/index.html'].map((file) =>
    modified(join(out, file)),
  )
  if (Math.min(...built) > Math.max(...sources)) return out
  const builder = join(root, 'node_modules/electron-vite/bin/electron-vite.js')
  const args = [builder, 'build', '--logLevel', 'error', '--outDir', out]
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`the program could not be built: ${stderr}`)
  return out
}
