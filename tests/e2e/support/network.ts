/** Requests that leave this machine: those of the page, and those of main to the only allowed place, the Hub. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'

/** An empty Hub that records its requests. */
export interface SilentHub {
  readonly url: string
  readonly asked: string[]
  close(): void
}

export async function silentHub(): Promise<SilentHub> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.setHeader('content-type', 'application/json').end('[]')
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** The program's own pages under both hosts, and what a page makes itself. */
const OWN = /^(https:\/\/gpo-studio\.invalid\/|(http|ws):\/\/127\.0\.0\.1:\d+\/|data:|blob:)/

/** @returns addresses that the page asks for from now on: all of them, and those that are elsewhere */
export function watchRequests(page: Page): { readonly all: string[]; readonly foreign: string[] } {
  const seen = { all: [] as string[], foreign: [] as string[] }
  const note = (url: string) => {
    seen.all.push(url)
    if (!OWN.test(url)) seen.foreign.push(url)
  }
  page.on('request', (request) => note(request.url()))
  page.on('websocket', (socket) => note(socket.url()))
  return seen
}
