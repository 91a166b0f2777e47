/** The program as a stranger gets it: a .deb that is built, installed, used by an ordinary user, and removed. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { inject } from 'vitest'
import { descendants } from './processes'

const root = resolve(import.meta.dirname, '../../..')
const output = join(root, 'out/test-package')

export const PROGRAM = '/opt/GPO Studio'
export const BINARY = join(PROGRAM, 'gpo-studio')
export const PROFILE = '/etc/apparmor.d/gpo-studio'
const USER = 'gpo-journey'
export const HOME = `/home/${USER}`
export const DATA = join(HOME, '.local/share/gpo-studio')

const isThere = (command: string): boolean => spawnSync('which', [command], { stdio: 'ignore' }).status === 0

/** Null where it can be tried. It installs a package and makes a user, so a person has to ask for it; CI does. */
export function whyNotInstalled(): string | null {
  const found = inject('electron')
  if (process.platform !== 'linux') return `a .deb is for Linux, this is ${process.platform}`
  if ('reason' in found) return found.reason
  if (!process.env.CI && !process.env.GPO_TEST_INSTALL)
    return 'it installs a package and makes a user: GPO_TEST_INSTALL=1 allows it'
  if (process.getuid?.() !== 0) return 'only root can install a package'
  const missing = ['dpkg', 'dpkg-deb', 'useradd', 'runuser'].filter((command) => !isThere(command))
  if (missing.length > 0) return `${missing.join(', ')} not found`
  if (existsSync(PROGRAM)) return `${PROGRAM} is there already, and is not replaced`
  return null
}

/** @returns the file; what it prints has the sizes */
export function buildDeb(): { readonly file: string; readonly printed: string } {
  const found = inject('electron')
  if (!('path' in found)) throw new Error(found.reason)
  const env = {
    ...process.env,
    ELECTRON_OVERRIDE_DIST_PATH: dirname(found.path),
    GPO_PACKAGE_BUILT: inject('built'),
    GPO_PACKAGE_OUTPUT: output,
    GPO_PACKAGE_COMPRESSION: 'none',
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'scripts/package.mjs'), 'deb'], {
    cwd: root,
    env,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`the package could not be built: ${stdout}${stderr}`)
  const name = readdirSync(output).find((name) => name.endsWith('.deb'))
  return { file: join(output, name ?? ''), printed: stdout }
}

/** An AppArmor that writes down what it is asked, where the machine has none. */
function standInForAppArmor(folder: string): string {
  const calls = join(folder, 'calls')
  writeFileSync(join(folder, 'aa-enabled'), '#!/bin/sh\nexit 0\n')
  writeFileSync(join(folder, 'ischroot'), '#!/bin/sh\nexit 1\n')
  writeFileSync(join(folder, 'apparmor_parser'), `#!/bin/sh\necho "$@" >>${calls}\n`)
  for (const name of ['aa-enabled', 'apparmor_parser', 'ischroot']) chmodSync(join(folder, name), 0o755)
  return calls
}

export interface Installation {
  /** What AppArmor was asked, a call a line; null where the machine's own was. */
  askedOfAppArmor(): string[] | null
  remove(): void
  /** Removes what a failed test has left. */
  clear(): void
}

export function install(file: string): Installation {
  const folder = mkdtempSync(join(tmpdir(), 'gpo-install-'))
  const hasAppArmor = isThere('apparmor_parser')
  const hadProfiles = existsSync(dirname(PROFILE))
  if (!hasAppArmor) mkdirSync(dirname(PROFILE), { recursive: true })
  const calls = hasAppArmor ? null : standInForAppArmor(folder)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', PATH: `${folder}:${process.env.PATH}` }
  const dpkg = (...args: string[]) => spawnSync('dpkg', args, { env, encoding: 'utf8' })
  const given = dpkg('--install', file)
  // What is missing on a bare machine comes from its distribution, as for everybody who opens the file.
  if (given.status !== 0) execFileSync('apt-get', ['install', '-y', '-qq', '-f'], { env, stdio: 'ignore' })
  if (!existsSync(BINARY)) throw new Error(`the package could not be installed: ${given.stderr}`)
  return {
    askedOfAppArmor: () => (calls === null ? null : readFileSync(calls, 'utf8').trim().split('\n')),
    remove() {
      const { status, stderr } = dpkg('--purge', 'gpo-studio')
      if (status !== 0) throw new Error(`the package could not be removed: ${stderr}`)
    },
    clear() {
      if (existsSync(BINARY)) dpkg('--purge', 'gpo-studio')
      rmSync(folder, { recursive: true, force: true })
      if (!hadProfiles) rmSync(dirname(PROFILE), { recursive: true, force: true })
    },
  }
}

export function makeUser(): void {
  removeUser()
  execFileSync('useradd', ['--create-home', '--home-dir', HOME, USER])
}

export function removeUser(): void {
  spawnSync('userdel', ['--remove', USER], { stdio: 'ignore' })
}

/** As the user would start it from a desktop: nothing of root's surroundings. */
const asUser = (command: readonly string[]): string[] => [
  ...['-u', USER, '--', 'env', '-i', '-C', HOME, `HOME=${HOME}`, `USER=${USER}`, 'PATH=/usr/bin:/bin', 'LANG=C.UTF-8'],
  ...command,
]

/** The `gpo` command of the installed program, without a display. */
export function gpoAsUser(...args: string[]) {
  return spawnSync('runuser', asUser(['gpo', ...args]), { encoding: 'utf8', timeout: 120_000 })
}

/** Copies a file into the user's home. @returns its path there */
export function giveToUser(file: string, name: string): string {
  const path = join(HOME, name)
  cpSync(file, path)
  chmodSync(path, 0o644)
  return path
}

export interface Running {
  readonly page: Page
  readonly pid: number
  /** Closes the window, and waits for the program's end. @returns its exit code */
  close(): Promise<number | null>
  kill(): void
}

/** A window that navigates while Playwright attaches to it never counts as open. */
async function untilLoaded(address: string): Promise<void> {
  const list = `http://${new URL(address).host}/json/list`
  for (let waited = 0; waited < 300; waited++) {
    const targets = (await (await fetch(list)).json()) as { type: string; title: string }[]
    if (targets.some(({ type, title }) => type === 'page' && title === 'GPO Studio')) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error('the window did not load its page in a minute')
}

/** Playwright reaches an installed program through its pages only: a debugger of Node cannot attach to it. */
export async function startAsUser(): Promise<Running> {
  const command = [`DISPLAY=${inject('display')}`, 'gpo-studio', '--disable-gpu', '--remote-debugging-port=0']
  const child = spawn('runuser', asUser(command), { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const address = await new Promise<string>((resolve, reject) => {
    let said = ''
    child.stderr.on('data', (piece: Buffer) => {
      said += piece.toString('utf8')
      const found = /DevTools listening on (ws:\S+)/.exec(said)?.[1]
      if (found) resolve(found)
    })
    void ended.then((code) => reject(new Error(`the program ended with ${code}: ${said}`)))
  })
  await untilLoaded(address)
  const browser = await chromium.connectOverCDP(address)
  const [context] = browser.contexts()
  const page = context?.pages()[0] ?? (await context?.waitForEvent('page'))
  if (!page) throw new Error('the program has no window')
  page.setDefaultTimeout(60_000)
  return {
    page,
    pid: child.pid ?? 0,
    async close() {
      await page.close()
      const code = await ended
      await browser.close().catch(() => {})
      return code
    },
    kill: () => {
      for (const pid of [...descendants(child.pid ?? 0), child.pid ?? 0])
        try {
          process.kill(pid, 'SIGKILL')
        } catch {} // it has ended
    },
  }
}

/** The command lines of a program's processes, and how the system confines those that show pages. */
export function confinement(pid: number) {
  const all = descendants(pid).flatMap((one) => {
    try {
      const command = readFileSync(`/proc/${one}/cmdline`, 'utf8').replaceAll('\0', ' ')
      const status = readFileSync(`/proc/${one}/status`, 'utf8')
      // 2: a filter of system calls. More than one number: its own space of processes.
      const seccomp = Number(/^Seccomp:\s*(\d)/m.exec(status)?.[1])
      const depth = /^NSpid:\s*(.*)$/m.exec(status)?.[1]?.split(/\s+/).length ?? 0
      return [{ command, seccomp, depth }]
    } catch {
      return [] // it has ended meanwhile
    }
  })
  return { all, pages: all.filter(({ command }) => command.includes('--type=renderer')) }
}
