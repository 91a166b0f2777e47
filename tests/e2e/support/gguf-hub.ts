/** A Hub on loopback with one repository that has a model as several GGUF files, all of the same content. */
import { createHash } from 'node:crypto'
import { type Loopback, loopback } from './loopback'

const COMMIT = 'c'.repeat(40)

export function ggufHub(id: string, names: readonly string[], content: Buffer): Promise<Loopback> {
  const sha256 = createHash('sha256').update(content).digest('hex')
  const siblings = names.map((rfilename) => ({
    rfilename,
    size: content.length,
    lfs: { sha256, size: content.length },
  }))
  return loopback((path, response) => {
    if (path.startsWith(`/api/models/${id}/`)) {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ id, sha: COMMIT, tags: ['license:apache-2.0'], gated: false, siblings }))
    } else if (names.some((name) => path === `/${id}/resolve/${COMMIT}/${name}`)) response.end(content)
    else response.writeHead(404).end()
  })
}
