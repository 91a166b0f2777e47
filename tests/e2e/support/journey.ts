/** One journey, walked under both hosts: the window in Electron, and the same pages in a browser over `gpo serve`. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { ElectronApplication, Page } from 'playwright-core'
import { describe, inject, it } from 'vitest'
import { openBrowser } from './browser'
import { openWindow } from './window'

export type HostName = 'electron' | 'browser'

/** A started program with its page. */
export interface Opened {
  readonly page: Page
  /** Of the process that owns the runs. */
  readonly pid: number
  readonly electron?: ElectronApplication
  close(): Promise<void>
}

export interface OpenOptions {
  /** Folder of the built program. */
  readonly built: string
  readonly home: string
  readonly env: Record<string, string>
}

export interface Journey extends Omit<Opened, 'close'> {
  readonly host: HostName
  /** Data folder, with `runs.db`. */
  readonly home: string
  /** Complaints of the page so far: errors and policy violations; none may be left at the end. */
  readonly problems: string[]
  /** Ends the program and starts it again over the same data; `page` is another one then. */
  restart(): Promise<void>
  /** Opens a page of the program, as its links do. */
  go(path: string): Promise<void>
}

interface JourneyOptions {
  readonly hosts?: readonly HostName[]
  /** Fills the data folder before the program starts. */
  readonly prepare?: (home: string) => void | Promise<void>
  readonly env?: (home: string) => Readonly<Record<string, string>>
  /** Another build than the usual one. */
  readonly built?: () => string
  /** Milliseconds. */
  readonly timeout?: number
}

const OPEN: Readonly<Record<HostName, (options: OpenOptions) => Promise<Opened>>> = {
  electron: openWindow,
  browser: openBrowser,
}

/** Null where it can run. */
function whySkipped(host: HostName): string | null {
  const found = inject(host === 'electron' ? 'electron' : 'chromium')
  return 'reason' in found ? found.reason : null
}

/** A test for each host; where a host is missing, the name of the skipped test says why. */
export function journey(name: string, walk: (journey: Journey) => Promise<void>, options: JourneyOptions = {}): void {
  describe(name, () => {
    for (const host of options.hosts ?? (['electron', 'browser'] as const)) {
      const reason = whySkipped(host)
      if (reason === null) it(`in ${host}`, () => walkOnce(`${name} ${host}`, host, walk, options), options.timeout)
      else it.skip(`in ${host}: ${reason}`, () => {})
    }
  })
}

async function walkOnce(
  name: string,
  host: HostName,
  walk: (journey: Journey) => Promise<void>,
  { prepare, env, built }: JourneyOptions,
): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'gpo-e2e-'))
  const problems: string[] = []
  const open = async (): Promise<Opened> => {
    const own = { ...(process.env as Record<string, string>), ...env?.(home), GPO_STUDIO_HOME: home }
    const made = await OPEN[host]({ built: built?.() ?? inject('built'), home, env: own })
    made.page.on('pageerror', (error) => problems.push(String(error)))
    made.page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
    made.page.setDefaultTimeout(30_000)
    await untilItListens(made.page)
    return made
  }
  let now: Opened | null = null
  try {
    await prepare?.(home)
    let current = await open()
    now = current
    await walk({
      host,
      home,
      problems,
      get page() {
        return current.page
      },
      get pid() {
        return current.pid
      },
      get electron() {
        return current.electron
      },
      async restart() {
        await current.close()
        current = await open()
        now = current
      },
      go: (path) => current.page.evaluate(`window.location.hash = ${JSON.stringify(`#${path}`)}`),
    })
    if (problems.length > 0) throw new Error(`the page reported problems:\n${problems.join('\n')}`)
  } catch (error) {
    if (now) await keepPicture(now.page, name)
    throw error
  } finally {
    await now?.close()
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** The document has loaded before the program has: until its first page is drawn, keys are lost. */
async function untilItListens(page: Page): Promise<void> {
  await page.locator('main h1').first().waitFor({ timeout: 60_000 })
  // React adds the listeners of what it has drawn after the frame.
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))),
  )
}

/** A picture of the page at the failure, under `out/e2e-failures`. */
async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = resolve(import.meta.dirname, '../../../out/e2e-failures')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${name.replace(/\W+/g, '-')}.png`)
  await page.screenshot({ path, timeout: 5000 }).then(
    () => console.log(`the page at the failure: ${path}`),
    () => {},
  )
}
