/** The Vite server that makes the pages and says which of their modules have changed. It serves sources and packages, nothing else of this machine. */
import { randomBytes } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { createServer as createSocketServer } from 'node:net'
import { join } from 'node:path'
import { createServer, type InlineConfig, mergeConfig } from 'vite'

export interface PageServer {
  readonly server: string
  readonly nonce: string
  close(): Promise<void>
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createSocketServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}

/** @param config of the renderer, as electron-vite has completed it */
export async function servePages(root: string, config: InlineConfig): Promise<PageServer> {
  const port = await freePort()
  const host = '127.0.0.1'
  const nonce = randomBytes(16).toString('hex')
  const server = await createServer(
    mergeConfig(config, {
      logLevel: 'warn',
      html: { cspNonce: nonce },
      server: {
        host,
        port,
        strictPort: true,
        cors: false,
        // The pages have another origin: where to hear of changes must be said.
        hmr: { protocol: 'ws', host, clientPort: port },
        fs: { allow: [join(root, 'src'), realpathSync(join(root, 'node_modules'))] },
      },
    } satisfies InlineConfig),
  )
  await server.listen()
  return { server: `http://${host}:${port}`, nonce, close: () => server.close() }
}
