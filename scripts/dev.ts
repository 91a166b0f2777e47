/**
 * `npm run dev` opens the window, `npm run dev:serve` shows the same pages in a browser. Pages change in place while they are edited; what
 * computes is built again, and a run in progress goes on with it; main starts again when its own code has changed. Arguments go to the program.
 *
 * electron-vite's own `dev` starts the next Electron before the last one has ended, which the lock on a single window refuses; and it has no server.
 */
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { resolveConfig } from 'electron-vite'
import { watchCode } from './dev/code.ts'
import { createHost } from './dev/host.ts'
import { bundlePackages, packagesApart } from './dev/packages.ts'
import { freePort, servePages } from './dev/pages.ts'
import { electronPath, sandboxArguments, whyNoWindow } from './electron.mjs'

const root = resolve(import.meta.dirname, '..')
const out = join(root, 'out/dev')
const [kind, ...args] = process.argv.slice(2)
const isWindow = kind !== 'serve'
const say = (text: string) => void process.stderr.write(`dev: ${text}\n`)

const source = (path: string) => join(root, 'src/main', path)
const workers = {
  worker: source('trainer/worker.ts'),
  'job-worker': source('trainer/job-worker.ts'),
  'bundle-worker': source('export/bundle-process/worker.ts'),
  'dataset-worker': source('library/dataset-process/worker.ts'),
  'text-worker': source('library/text-work/worker.ts'),
}
const entry = isWindow ? 'window' : 'serve'

/** The program to start, with its arguments. */
async function program(): Promise<readonly [string, readonly string[]]> {
  const file = join(out, `main/${entry}.cjs`)
  if (!isWindow) {
    const port = args.includes('--port') ? [] : ['--port', String(await freePort())]
    return [process.execPath, [file, ...port, ...args]]
  }
  return [electronPath() ?? '', [...sandboxArguments, `--user-data-dir=${join(out, 'electron')}`, file, ...args]]
}

if (isWindow) {
  const reason = whyNoWindow()
  if (reason) {
    say(`${reason}. \`npm run dev:serve\` shows the same pages in a browser.`)
    process.exit(1)
  }
}

for (const folder of ['main', 'preload']) rmSync(join(out, folder), { recursive: true, force: true })
process.env.NODE_ENV_ELECTRON_VITE = 'development'
const { config } = await resolveConfig({ root, build: { outDir: out } }, 'serve')
if (!config?.main || !config.preload || !config.renderer) throw new Error('electron.vite.config.ts lacks a part')

const pages = await servePages(root, config.renderer)
const [command, commandArgs] = await program()
const host = createHost({
  command,
  args: commandArgs,
  env: { GPO_STUDIO_HOME: join(out, 'home'), ...process.env },
  settings: { server: pages.server, nonce: pages.nonce, session: randomBytes(24).toString('base64url') },
  onEnd(code) {
    if (code === 0) return void end()
    say(`the program ended with code ${code}; it starts again when its code changes`)
  },
})

let isEnding = false
async function end(): Promise<void> {
  if (isEnding) process.exit(130)
  isEnding = true
  await host.end()
  await pages.close()
  process.exit(0)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end())

let isBuilt = { main: false, preload: !isWindow }
let restarting = Promise.resolve()

function built(part: 'main' | 'preload', changed: readonly string[]): void {
  const isFirst = !isBuilt.main || !isBuilt.preload
  isBuilt = { ...isBuilt, [part]: true }
  if (!isBuilt.main || !isBuilt.preload || isEnding) return
  if (isFirst || part === 'preload' || changed.includes(entry)) {
    if (!isFirst) say('the program starts again with the new code')
    restarting = restarting.then(host.restart)
  } else if (changed.length > 0) {
    say('trainers that start from now on run the new code')
    host.newTrainer()
  }
}

const packages = join(out, 'packages')
await bundlePackages(config.main, packages)
const main = { ...config.main, plugins: [...(config.main.plugins ?? []), packagesApart(packages)] }
await watchCode(main, { [entry]: source(`dev/${entry}.ts`), ...workers }, (changed) => built('main', changed))
if (isWindow)
  await watchCode(config.preload, { index: join(root, 'src/preload/index.ts') }, (changed) => built('preload', changed))
