/** `gpo serve` and a Chromium that looks at it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'
import { inject } from 'vitest'
import type { Opened, OpenOptions } from './journey'

/** The pages can reach only this machine. */
export const ONLY_HERE = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', ONLY_HERE]

export interface Server {
  readonly child: ChildProcess
  readonly url: string
  close(): Promise<void>
}

export async function startServe({ built, env }: Pick<OpenOptions, 'built' | 'env'>): Promise<Server> {
  const args = [join(built, 'main/headless.cjs'), 'serve', '--json']
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.on('data', (text: Buffer) => {
    said += text.toString('utf8')
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once('line', (line) => resolve((JSON.parse(line) as { url: string }).url))
    void ended.then(() => reject(new Error(`gpo serve ended: ${said}`)))
  })
  return {
    child,
    url,
    async close() {
      child.kill('SIGTERM')
      const impatience = setTimeout(() => child.kill('SIGKILL'), 60_000)
      await ended
      clearTimeout(impatience)
    },
  }
}

export function launchChromium() {
  const found = inject('chromium')
  if (!('path' in found)) throw new Error(found.reason)
  return chromium.launch({ executablePath: found.path, args: ARGUMENTS })
}

export async function openBrowser(options: OpenOptions): Promise<Opened> {
  const server = await startServe(options)
  const browser = await launchChromium()
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const page = await context.newPage()
  await page.goto(server.url)
  return {
    page,
    pid: server.child.pid ?? 0,
    async close() {
      await browser.close()
      await server.close()
    },
  }
}
