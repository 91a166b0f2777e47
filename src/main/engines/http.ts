/** JSON over HTTP to one server: bounded in size and depth, no redirects, and every failure is an EngineError that names the address. */
import { describeError } from '@shared/errors'
import { beyondLimits, type JsonLimits } from '@shared/json-limits'
import { shown } from '@shared/shown'
import type { z } from 'zod'
import { EngineError } from './engine'

/** Far beyond 64 continuations of 32,768 tokens with their log-probabilities. */
const MAX_BYTES = 256 * 2 ** 20
const LIMITS = { depth: 32, values: 20_000_000 }
/** What a server says about itself, which main asks too. */
const ABOUT_BYTES = 16 * 2 ** 20
const ABOUT: JsonLimits = { depth: 32, values: 200_000 }

export interface Http {
  readonly address: string
  /** @throws {EngineError} for a failure, and for an answer that is not as the schema says */
  get<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T>
  post<T>(path: string, body: unknown, schema: z.ZodType<T>, signal: AbortSignal): Promise<T>
  /** The status of an answer whose content does not matter. @throws {EngineError} if there is none */
  status(path: string, signal: AbortSignal): Promise<number>
  /** For an answer that is only text. */
  postForText(path: string, body: unknown, signal: AbortSignal): Promise<string>
}

async function readAll(response: Response, where: string, most: number): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of response.body ?? []) {
    bytes += part.byteLength
    if (bytes > most) throw new EngineError(`${where} answered with more than ${most / 2 ** 20} MiB`)
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function parsed<T>(text: string, schema: z.ZodType<T>, where: string, limits: JsonLimits): T {
  const beyond = beyondLimits(text, limits)
  if (beyond !== null) throw new EngineError(`${where} answered with ${beyond}`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new EngineError(`${where} answered with ${shown(text, 120)}, which is not JSON`)
  }
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const path = issue?.path.join('.') ?? ''
  throw new EngineError(
    `${where} answered with JSON that is not as expected${path === '' ? '' : ` at ${shown(path, 80)}`}: ${issue?.message ?? ''}`,
  )
}

/** The reason in a failed connection, which is in the cause of fetch's error. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  return describeError(cause instanceof Error && cause.message !== '' ? cause : error)
}

/** @param key sent as a bearer token */
export function httpOf(address: string, key: string | null): Http {
  const headers = { 'content-type': 'application/json', ...(key === null ? {} : { authorization: `Bearer ${key}` }) }

  async function ask(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(`${address}${path}`, { ...init, headers, redirect: 'error' })
    } catch (error) {
      const { signal } = init
      if (signal?.aborted) throw new EngineError(`${address}${path} did not answer in time`)
      throw new EngineError(`${address}${path} cannot be reached: ${reasonOf(error)}`)
    }
  }

  async function textOf(path: string, init: RequestInit, most = MAX_BYTES): Promise<string> {
    const where = `${address}${path}`
    const response = await ask(path, init)
    try {
      const text = await readAll(response, where, most)
      if (response.ok) return text
      throw new EngineError(`${where} answered with status ${response.status}: ${shown(text, 200)}`)
    } catch (error) {
      if (error instanceof EngineError) throw error
      if (init.signal?.aborted) throw new EngineError(`${where} did not answer in time`)
      throw new EngineError(`${where} stopped in its answer: ${reasonOf(error)}`)
    }
  }

  const posting = (body: unknown, signal: AbortSignal) => ({ method: 'POST', body: JSON.stringify(body), signal })
  return {
    address,
    get: async (path, schema, signal) =>
      parsed(await textOf(path, { signal }, ABOUT_BYTES), schema, `${address}${path}`, ABOUT),
    post: async (path, body, schema, signal) =>
      parsed(await textOf(path, posting(body, signal)), schema, `${address}${path}`, LIMITS),
    postForText: (path, body, signal) => textOf(path, posting(body, signal)),
    async status(path, signal) {
      const response = await ask(path, { signal })
      await response.body?.cancel()
      return response.status
    },
  }
}
