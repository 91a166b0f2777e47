/** Requests that leave this machine: those of the page, and those of main to the only allowed place, the Hub. */
import type { Page } from 'playwright-core'
import { type Loopback, loopback } from './loopback'

/** An empty Hub that notes its requests. */
export const silentHub = (): Promise<Loopback> =>
  loopback((_, response) => response.setHeader('content-type', 'application/json').end('[]'))

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
