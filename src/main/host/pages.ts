/** The built pages, served by the window's protocol or by the loopback server. */
import { existsSync, readFileSync } from 'node:fs'
import { extname, join, resolve, sep } from 'node:path'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.map': 'application/json',
}

/** Scripts only from our own files; styles may be inline, which is how Mantine sets its variables. Nothing may come from other origins. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

export interface Page {
  readonly body: Buffer
  readonly type: string
}

/**
 * @param folder of the built pages
 * @param path of a URL, decoded; the root is `index.html`
 * @returns null if the folder has no such file
 */
export function readPage(folder: string, path: string): Page | null {
  if (path.includes('\0')) return null
  const root = resolve(folder)
  const file = join(root, path === '/' || path === '' ? 'index.html' : path)
  const type = TYPES[extname(file)]
  if (!file.startsWith(root + sep) || type === undefined || !existsSync(file)) return null
  return { body: readFileSync(file), type }
}
