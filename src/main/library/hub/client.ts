/**
 * The client of the Hugging Face Hub, used only on a person's request: search, list a repository's files, read a file. `HF_ENDPOINT` names another
 * hub. Answers are untrusted: they are parsed before they are used, and a file's name may not lead out of its folder.
 */
import { GpoError } from '@shared/errors'
import { shown } from '@shared/shown'
import { z } from 'zod'

export type RepositoryKind = 'model' | 'dataset'

export interface HubOptions {
  /** `https://huggingface.co`, or HF_ENDPOINT. */
  readonly endpoint: string
  /** For gated and private repositories; sent to the endpoint only. */
  readonly token?: string | null
  readonly signal?: AbortSignal
}

export interface FoundRepository {
  readonly id: string
  readonly downloads: number
  readonly likes: number
  readonly license: string | null
  readonly isGated: boolean
}

export interface HubFile {
  /** Path inside the repository, forward slashes. */
  readonly name: string
  readonly bytes: number
  /** The expected hash of its content: SHA-256 of large files, git's SHA-1 of the others. */
  readonly checksum: { readonly kind: 'sha256' | 'git-sha1'; readonly value: string }
}

export interface Repository {
  readonly id: string
  readonly kind: RepositoryKind
  /** The commit that is read, even if the branch moves. */
  readonly commit: string
  readonly license: string | null
  readonly isGated: boolean
  readonly files: readonly HubFile[]
}

export const endpointOf = (env: NodeJS.ProcessEnv = process.env): string =>
  (env['HF_ENDPOINT'] || 'https://huggingface.co').replace(/\/+$/, '')

/** Seconds without an answer before a request fails. */
const TIMEOUT = 30

const found = z.object({
  id: z.string(),
  downloads: z.number().default(0),
  likes: z.number().default(0),
  tags: z.array(z.string()).default([]),
  gated: z.union([z.boolean(), z.string()]).default(false),
})

const details = z.object({
  id: z.string(),
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  gated: z.union([z.boolean(), z.string()]).default(false),
  tags: z.array(z.string()).default([]),
  siblings: z.array(
    z.object({
      rfilename: z.string(),
      size: z.number().int().min(0),
      blobId: z
        .string()
        .regex(/^[0-9a-f]{40}$/)
        .optional(),
      lfs: z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), size: z.number().int().min(0) }).nullish(),
    }),
  ),
})

const licenseOf = (tags: readonly string[]) => tags.find((tag) => tag.startsWith('license:'))?.slice(8) ?? null

/** `org/name`, or `name` of old repositories. @throws {GpoError} 'usage' */
export function checkRepositoryId(id: string): string {
  if (/^[\w][\w.-]{0,95}(\/[\w][\w.-]{0,95})?$/.test(id) && !id.includes('..')) return id
  throw new GpoError('usage', `${shown(id)} is not a repository: write it as organisation/name`)
}

/** Rejects absolute paths, paths that leave the folder, and names that a file system may read differently. */
const isSafeName = (name: string) =>
  name.length < 512 &&
  !name.includes('\\') &&
  name.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && !/[\0:*?"<>|]/.test(part))

function explain(status: number, what: string): GpoError {
  if (status === 401 || status === 403)
    return new GpoError(
      'usage',
      `${what}: the hub refused (${status}). The repository is gated or private: accept its terms on the hub and enter a token (HF_TOKEN, or Settings)`,
    )
  if (status === 404) return new GpoError('notFound', `${what}: not found on the hub (404); check the name`)
  return new GpoError('storage', `${what}: the hub answered ${status}; try again later`)
}

/** One request. On redirects to another host, fetch drops the token. */
export async function request(
  url: string,
  what: string,
  { token, signal }: HubOptions,
  headers: Record<string, string> = {},
): Promise<Response> {
  const timeout = AbortSignal.timeout(TIMEOUT * 1000)
  let response: Response
  try {
    response = await fetch(url, {
      headers: { ...headers, ...(token ? { authorization: `Bearer ${token}` } : {}) },
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    })
  } catch (error) {
    if (signal?.aborted) throw new GpoError('interrupted', `${what} was stopped`)
    throw new GpoError(
      'storage',
      `${what}: the hub at ${new URL(url).origin} could not be reached; check the connection`,
      {
        cause: error,
      },
    )
  }
  if (!response.ok) {
    await response.body?.cancel()
    throw explain(response.status, what)
  }
  return response
}

async function askFor<T>(schema: z.ZodType<T>, url: string, what: string, options: HubOptions): Promise<T> {
  const response = await request(url, what, options)
  const parsed = schema.safeParse(await response.json().catch(() => null))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new GpoError(
    'storage',
    `${what}: the hub's answer cannot be read (${issue?.path.join('.')}: ${issue?.message}); is ${options.endpoint} a hub?`,
  )
}

/** The most downloaded first. */
export async function searchHub(kind: RepositoryKind, text: string, options: HubOptions): Promise<FoundRepository[]> {
  const query = new URLSearchParams({ search: text, limit: '30', sort: 'downloads', direction: '-1', full: 'true' })
  const filter = kind === 'model' ? '&filter=safetensors' : ''
  const url = `${options.endpoint}/api/${kind}s?${query}${filter}`
  const rows = await askFor(z.array(found), url, `Searching for ${shown(text)}`, options)
  return rows.map(({ id, downloads, likes, tags, gated }) => ({
    id,
    downloads,
    likes,
    license: licenseOf(tags),
    isGated: gated !== false,
  }))
}

/** The files of a repository at its newest commit, with sizes and checksums. @throws {GpoError} */
export async function readRepository(kind: RepositoryKind, id: string, options: HubOptions): Promise<Repository> {
  const url = `${options.endpoint}/api/${kind}s/${checkRepositoryId(id)}/revision/main?blobs=true`
  const answer = await askFor(details, url, id, options)
  const files = answer.siblings.map(({ rfilename, size, blobId, lfs }): HubFile => {
    if (!isSafeName(rfilename))
      throw new GpoError('storage', `${id} names a file ${shown(rfilename)}: this path is not safe to write`)
    if (lfs) return { name: rfilename, bytes: lfs.size, checksum: { kind: 'sha256', value: lfs.sha256 } }
    if (blobId) return { name: rfilename, bytes: size, checksum: { kind: 'git-sha1', value: blobId } }
    throw new GpoError('storage', `${id}: the hub gives no checksum for ${rfilename}; it is not downloaded`)
  })
  return {
    id,
    kind,
    commit: answer.sha,
    license: licenseOf(answer.tags),
    isGated: answer.gated !== false,
    files,
  }
}

export const fileUrl = ({ endpoint }: HubOptions, { kind, id, commit }: Repository, name: string): string =>
  `${endpoint}/${kind === 'dataset' ? 'datasets/' : ''}${id}/resolve/${commit}/${name.split('/').map(encodeURIComponent).join('/')}`
