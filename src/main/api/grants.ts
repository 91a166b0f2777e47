/** Paths that a person chose: the window gets a random name for each and passes that name back, never a path. */
import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import type { ChosenPath } from '@shared/contract/system'
import { GpoError } from '@shared/errors'

export interface Grants {
  give(path: string): ChosenPath
  /** @throws {GpoError} 'usage' for a name that was never issued */
  take(grant: string): string
}

const MAX = 10_000

export function createGrants(): Grants {
  const paths = new Map<string, string>()
  return {
    give(path) {
      const grant = `grant-${randomBytes(18).toString('base64url')}`
      const oldest = paths.keys().next().value
      if (paths.size >= MAX && oldest !== undefined) paths.delete(oldest)
      paths.set(grant, resolve(path))
      return { grant, path: resolve(path) }
    },
    take(grant) {
      const path = paths.get(grant)
      if (path === undefined) throw new GpoError('usage', `No chosen file belongs to ${grant}: choose the file again.`)
      return path
    },
  }
}
