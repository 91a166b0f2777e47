/**
 * A checkpoint's manifest.json and manifest.sha256 (in the form of `sha256sum`), and the check of everything they name. Both are untrusted
 * until they agree. Knows nothing of what the files hold.
 */
import { createHash } from 'node:crypto'
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { GpoError } from '@shared/errors'
import { beyondLimits } from '@shared/json-limits'
import { shown } from '@shared/shown'
import { refuseStrangeFile } from './regular-file'

export const FORMAT = 1
/** How the name of a file of tensors ends. */
export const TENSORS = '.safetensors'

const MANIFEST = 'manifest.json'
const CHECKSUM = 'manifest.sha256'

interface FileFacts {
  readonly bytes: number
  readonly sha256: string
}

export interface Manifest {
  readonly format: number
  readonly iteration: number
  readonly state: Readonly<Record<string, unknown>>
  readonly files: Readonly<Record<string, FileFacts>>
}

const count = (n: number) => n.toLocaleString('en')
const checksumLine = (sha256: string) => `${sha256}  ${MANIFEST}\n`

/** The files that hold a manifest: name → bytes. */
export function manifestFiles(manifest: Manifest): {
  readonly files: Readonly<Record<string, Uint8Array>>
  readonly sha256: string
} {
  const encoder = new TextEncoder()
  const text = encoder.encode(`${JSON.stringify(manifest, null, 2)}\n`)
  const sha256 = createHash('sha256').update(text).digest('hex')
  return { files: { [MANIFEST]: text, [CHECKSUM]: encoder.encode(checksumLine(sha256)) }, sha256 }
}

function damaged(folder: string, what: string): GpoError {
  return new GpoError(
    'storage',
    `the checkpoint ${basename(folder)} is damaged: ${what}; resume from an older one (${folder})`,
  )
}

function readText(folder: string, name: string): Buffer {
  if (!existsSync(join(folder, name))) throw damaged(folder, `${name} is missing`)
  refuseStrangeFile(join(folder, name), 'storage')
  return readFileSync(join(folder, name))
}

/** Of a file of any size, a part at a time. */
function sha256Of(path: string): string {
  const hash = createHash('sha256')
  const part = new Uint8Array(1 << 20)
  refuseStrangeFile(path, 'storage')
  const handle = openSync(path, 'r')
  try {
    for (let got = readSync(handle, part); got > 0; got = readSync(handle, part)) hash.update(part.subarray(0, got))
  } finally {
    closeSync(handle)
  }
  return hash.digest('hex')
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function isFileFacts(value: unknown): value is FileFacts {
  return isRecord(value) && Number.isSafeInteger(value.bytes) && typeof value.sha256 === 'string'
}

const isFileName = (name: string) =>
  name === basename(name) && !name.includes('\\') && name.endsWith(TENSORS) && name !== TENSORS

function isManifest(value: Record<string, unknown>): boolean {
  const { iteration, state, files } = value
  return (
    Number.isSafeInteger(iteration) && isRecord(state) && isRecord(files) && Object.values(files).every(isFileFacts)
  )
}

/** A checkpoint names some files, and a state of some hundred values: a long run's is far below. */
const LIMITS = { depth: 100, values: 1_000_000 }

function parseManifest(folder: string, text: string): Manifest {
  const beyond = beyondLimits(text, LIMITS)
  if (beyond !== null) throw damaged(folder, `${MANIFEST} has ${beyond}`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw damaged(folder, `${MANIFEST} is not JSON`)
  }
  const format = isRecord(value) ? value.format : undefined
  if (format !== FORMAT)
    throw new GpoError(
      'storage',
      `${join(folder, MANIFEST)} has format ${shown(format)}; this version reads ${FORMAT}: use a newer GPO Studio`,
    )
  if (!isRecord(value) || !isManifest(value)) throw damaged(folder, `${MANIFEST} lacks its iteration, state or files`)
  const manifest = value as unknown as Manifest // what isManifest has checked
  const stranger = Object.keys(manifest.files).find((name) => !isFileName(name))
  if (stranger !== undefined)
    throw damaged(folder, `${MANIFEST} names ${shown(stranger)}, which is not a file of a checkpoint`)
  return manifest
}

/** @throws GpoError('storage') */
export function readManifest(folder: string): {
  readonly manifest: Manifest
  readonly bytes: number
  readonly sha256: string
} {
  const text = readText(folder, MANIFEST)
  const checksum = readText(folder, CHECKSUM)
  const sha256 = createHash('sha256').update(text).digest('hex')
  if (checksum.toString('latin1') !== checksumLine(sha256)) {
    const expected = checksum.toString('latin1').slice(0, sha256.length)
    throw damaged(folder, `${MANIFEST} has SHA-256 ${sha256}, ${CHECKSUM} expects ${shown(expected)}`)
  }
  return { manifest: parseManifest(folder, text.toString('utf8')), bytes: text.length + checksum.length, sha256 }
}

function verifyFile(folder: string, name: string, expected: FileFacts): void {
  const path = join(folder, name)
  if (!existsSync(path)) throw damaged(folder, `${name} is missing`)
  const { size } = statSync(path)
  if (size !== expected.bytes)
    throw damaged(folder, `${name} is ${count(size)} bytes long, expected ${count(expected.bytes)}`)
  const found = sha256Of(path)
  if (found !== expected.sha256) throw damaged(folder, `${name} has SHA-256 ${found}, expected ${expected.sha256}`)
}

/** Sizes first, then checksums of what the manifest names. @returns their bytes @throws GpoError('storage') */
export function verifyFiles(folder: string, { files }: Manifest): number {
  for (const [name, expected] of Object.entries(files)) verifyFile(folder, name, expected)
  return Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0)
}
