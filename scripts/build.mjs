/** Builds the program if its sources are newer than the build. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const entry = join(root, 'out/main/headless.cjs')
const pages = join(root, 'out/renderer/index.html')

const newest = (path) =>
  statSync(path).isDirectory()
    ? Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))))
    : statSync(path).mtimeMs

const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0)

/** Ends the process with a sentence if the build fails. A package without sources is already built. */
export function ensureBuilt(name) {
  const sources = ['src', 'electron.vite.config.ts', 'package.json'].map((file) => join(root, file))
  if (!existsSync(sources[0])) return
  if (Math.min(modified(entry), modified(pages)) >= Math.max(...sources.map(newest))) return
  const { status } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/electron-vite/bin/electron-vite.js'), 'build', '--logLevel', 'error'],
    { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  if (status === 0) return
  process.stderr.write(`${name}: the program could not be built; run \`npm ci\` and try again\n`)
  process.exit(1)
}
