/** A Hub on loopback with one repository that has a model as several GGUF files, all of the same content. */
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface GgufHub {
  readonly url: string
  /** Paths that were asked for. */
  readonly asked: string[]
  close(): void
}

const COMMIT = 'c'.repeat(40)

export async function ggufHub(id: string, names: readonly string[], content: Buffer): Promise<GgufHub> {
  const asked: string[] = []
  const sha256 = createHash('sha256').update(content).digest('hex')
  const siblings = names.map((rfilename) => ({
    rfilename,
    size: content.length,
    lfs: { sha256, size: content.length },
  }))
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '')
    asked.push(path)
    if (path.startsWith(`/api/models/${id}/`)) {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ id, sha: COMMIT, tags: ['license:apache-2.0'], gated: false, siblings }))
    } else if (names.some((name) => path === `/${id}/resolve/${COMMIT}/${name}`)) response.end(content)
    else response.writeHead(404).end()
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
