/** Servers for this machine only: never on an address that others reach. */
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GpoError } from '@shared/errors'

export const LOOPBACK = '127.0.0.1'

/** @param port 0 = any free one @returns the port @throws {GpoError} 'usage' if it is taken */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = new GpoError('usage', `Port ${port} is taken: choose another with --port, or 0 for any.`)
      reject(error.code === 'EADDRINUSE' ? taken : error)
    })
    server.listen(port, LOOPBACK, () => resolve((server.address() as AddressInfo).port)) // it listens on a port
  })
}

/** Ends open connections too. */
export async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise<void>((resolve) => server.close(() => resolve()))
}
