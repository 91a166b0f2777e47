/** The pages, for the window's protocol or the loopback server. */
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

/** The pages copy texts to the clipboard; they need nothing else that a person would be asked for. */
const PERMISSIONS = [
  ...[
    'accelerometer',
    'camera',
    'clipboard-read',
    'display-capture',
    'geolocation',
    'gyroscope',
    'hid',
    'idle-detection',
  ],
  ...['local-fonts', 'magnetometer', 'microphone', 'midi', 'payment', 'serial', 'usb'],
]
  .map((feature) => `${feature}=()`)
  .join(', ')

export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY', // as frame-ancestors, for what does not know it
  'permissions-policy': PERMISSIONS,
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

export interface Page {
  readonly body: Buffer
  readonly type: string
}

/** Where a host takes its pages from, and what they may do. */
export interface Pages {
  readonly headers: Readonly<Record<string, string>>
  /** Origins that the window lets its pages reach besides their own. None in the built program. */
  readonly alsoReached: readonly string[]
  /** @param target path and query as they were sent; @returns null where there is no such page */
  read(target: string): Promise<Page | null>
}

/** @param folder of the built pages */
export const builtPages = (folder: string): Pages => ({
  headers: SECURITY_HEADERS,
  alsoReached: [],
  read: async (target) => readPage(folder, decodePath(pathOf(target))),
})

/** The path of what was asked for, as it was sent: a URL parser would take `//x` for another host, and throw at `//`. */
export function pathOf(target: string): string {
  const at = target.indexOf('?')
  return at < 0 ? target : target.slice(0, at)
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return '\0'
  }
}

/**
 * @param folder of the built pages
 * @param path of a URL, decoded; the root is `index.html`
 * @returns null if the folder has no such file
 */
function readPage(folder: string, path: string): Page | null {
  if (path.includes('\0')) return null
  const root = resolve(folder)
  const file = join(root, path === '/' || path === '' ? 'index.html' : path)
  const type = TYPES[extname(file)]
  if (!file.startsWith(root + sep) || type === undefined || !existsSync(file)) return null
  return { body: readFileSync(file), type }
}
