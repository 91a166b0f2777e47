/** Where the journeys can run on this machine: an Electron with a display, a Chromium. Missing ones are reported. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

export type Found = { readonly path: string } | { readonly reason: string }

const root = resolve(import.meta.dirname, '../../..')

const isCommand = (name: string): boolean =>
  (process.env.PATH ?? '').split(':').some((folder) => folder !== '' && existsSync(join(folder, name)))

/** Of the variable, of the installed package, or what `prepare.sh` puts on machines that cannot download one. */
export function findElectron(): Found {
  const own = process.env.ELECTRON_OVERRIDE_DIST_PATH
  if (own) {
    const path = join(own, 'electron')
    return existsSync(path) ? { path } : { reason: `ELECTRON_OVERRIDE_DIST_PATH has no ${path}` }
  }
  const installed = join(root, 'node_modules/electron/dist/electron')
  if (existsSync(installed)) return { path: installed }
  const prepare = resolve(root, '../shared/electron/prepare.sh')
  if (!existsSync(prepare))
    return { reason: `its binary is not there (${installed}): run \`node node_modules/electron/install.js\`` }
  try {
    const folder = execFileSync(prepare, { encoding: 'utf8', timeout: 300_000, stdio: ['ignore', 'pipe', 'pipe'] })
    return { path: join(folder.trim(), 'electron') }
  } catch (error) {
    return { reason: `${prepare} failed: ${(error as Error).message.split('\n')[0]}` }
  }
}

export function findChromium(): Found {
  const own = process.env.CHROMIUM
  const places = own ? [own] : ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
  const path = places.find(existsSync)
  return path ? { path } : { reason: `no Chromium at ${places.join(', ')}; CHROMIUM names another place` }
}

export interface Display {
  readonly name: string
  close(): void
}

/** The existing display, or a virtual one. @returns null if neither is available */
export async function openDisplay(): Promise<Display | null> {
  const { DISPLAY: given } = process.env
  if (given) return { name: given, close: () => {} }
  if (!isCommand('Xvfb')) return null
  const args = ['-displayfd', '3', '-screen', '0', '1920x1080x24', '-nolisten', 'tcp']
  const child = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  const number = await numberOf(child)
  return number === null ? null : { name: `:${number}`, close: () => void child.kill() }
}

/** The output of Xvfb on its third channel when it is ready. */
const numberOf = (child: ChildProcess): Promise<string | null> =>
  new Promise((done) => {
    child.once('exit', () => done(null))
    child.once('error', () => done(null))
    child.stdio[3]?.once('data', (text: Buffer) => done(text.toString('utf8').trim()))
  })
