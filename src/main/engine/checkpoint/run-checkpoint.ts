/**
 * Training checkpoints: a folder `checkpoint-00000040` with a manifest (state, and size and SHA-256 of every file) and one safetensors file
 * per group of tensors. Written beside its final place and renamed when whole, so a folder with its final name is complete.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { GpoError } from '@shared/errors'
import type { CheckpointRecord } from '@shared/schemas/events'
import type { HostTensor, HostTensors } from '../policy/policy'
import { type FileSystem, realFileSystem, storageError, syncFolder, writeDurably } from './atomic'
import { openSafetensors, safetensorsChunks } from './safetensors'

const FORMAT = 1
const FOLDER = /^checkpoint-(\d{8})$/
const PARTIAL = /^partial-/

interface Manifest {
  readonly format: number
  readonly iteration: number
  /** Whatever the trainer needs to go on; plain JSON. */
  readonly state: Readonly<Record<string, unknown>>
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>
}

export interface CheckpointContent {
  readonly iteration: number
  readonly state: Readonly<Record<string, unknown>>
  /** Group name → tensors, e.g. `trainable`, `optimiser`. */
  readonly groups: Readonly<Record<string, HostTensors>>
}

const folderName = (iteration: number) => `checkpoint-${String(iteration).padStart(8, '0')}`
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

function writeGroup(folder: string, group: string, tensors: HostTensors, system: FileSystem) {
  const hash = createHash('sha256')
  const list = [...tensors].map(([name, { shape, data }]) => ({ name, shape, data }))
  function* hashed() {
    for (const chunk of safetensorsChunks(list, 'F32')) {
      hash.update(chunk)
      yield chunk
    }
  }
  const bytes = writeDurably(join(folder, `${group}.safetensors`), hashed(), system)
  return { bytes, sha256: hash.digest('hex') }
}

/**
 * @returns where it is (relative to the run's folder), its size and the manifest's checksum
 * @throws GpoError('storage'); then nothing is left behind and older checkpoints are untouched
 */
export function writeCheckpoint(runFolder: string, content: CheckpointContent, system: FileSystem = realFileSystem): CheckpointRecord {
  const { iteration, state, groups } = content
  const name = folderName(iteration)
  const partial = join(runFolder, `partial-${name}`)
  try {
    rmSync(partial, { recursive: true, force: true })
    mkdirSync(partial, { recursive: true })
    const files = Object.fromEntries(
      Object.entries(groups).map(([group, tensors]) => [`${group}.safetensors`, writeGroup(partial, group, tensors, system)]),
    )
    const manifest: Manifest = { format: FORMAT, iteration, state, files }
    const text = new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`)
    writeDurably(join(partial, 'manifest.json'), [text], system)
    syncFolder(partial)
    rmSync(join(runFolder, name), { recursive: true, force: true })
    renameSync(partial, join(runFolder, name))
    syncFolder(runFolder)
    const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, text.length)
    return { iteration, path: name, bytes, sha256: sha256(text) }
  } catch (error) {
    rmSync(partial, { recursive: true, force: true })
    throw storageError(error, `writing the checkpoint of iteration ${iteration} into ${runFolder}`)
  }
}

function damaged(folder: string, what: string): GpoError {
  return new GpoError('storage', `the checkpoint ${basename(folder)} is damaged: ${what}; resume from an older one (${folder})`)
}

function readManifest(folder: string): Manifest {
  const file = join(folder, 'manifest.json')
  if (!existsSync(file)) throw damaged(folder, 'it has no manifest.json')
  let manifest: Manifest
  try {
    manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest
  } catch {
    throw damaged(folder, 'manifest.json is not JSON')
  }
  if (manifest?.format !== FORMAT) {
    throw new GpoError('storage', `the checkpoint ${folder} has format ${String(manifest?.format)}; this version reads ${FORMAT}`)
  }
  if (!Number.isInteger(manifest.iteration) || typeof manifest.files !== 'object' || typeof manifest.state !== 'object') {
    throw damaged(folder, 'manifest.json lacks its iteration, state or files')
  }
  return manifest
}

function verifyFile(folder: string, name: string, expected: { bytes: number; sha256: string }): void {
  const path = join(folder, name)
  if (name !== basename(name) || !existsSync(path)) throw damaged(folder, `${name} is missing`)
  const { size } = statSync(path)
  if (size !== expected.bytes) throw damaged(folder, `${name} is ${size.toLocaleString('en')} bytes long, expected ${expected.bytes.toLocaleString('en')}`)
  if (sha256(readFileSync(path)) !== expected.sha256) throw damaged(folder, `${name} does not match its checksum`)
}

function readGroup(path: string): Map<string, HostTensor> {
  const file = openSafetensors(path)
  try {
    return new Map(file.names.map((name) => [name, { shape: file.info(name).shape, data: file.read(name) }]))
  } finally {
    file.close()
  }
}

/** Verifies every size and checksum before anything is used. */
export function readCheckpoint(folder: string): CheckpointContent {
  const manifest = readManifest(folder)
  for (const [name, expected] of Object.entries(manifest.files)) verifyFile(folder, name, expected)
  const groups = Object.fromEntries(
    Object.keys(manifest.files).map((name) => [name.replace(/\.safetensors$/, ''), readGroup(join(folder, name))]),
  )
  return { iteration: manifest.iteration, state: manifest.state, groups }
}

/** Checkpoints of a run, oldest first. */
export function listCheckpoints(runFolder: string): { readonly iteration: number; readonly path: string }[] {
  if (!existsSync(runFolder)) return []
  return readdirSync(runFolder)
    .flatMap((path) => {
      const iteration = FOLDER.exec(path)?.[1]
      return iteration ? [{ iteration: Number(iteration), path }] : []
    })
    .sort((a, b) => a.iteration - b.iteration)
}

/**
 * Deletes all but the newest `keepLast` checkpoints and those of `keepIterations`, and what an interrupted write left. To be called when
 * the newest one is safe. @returns the deleted checkpoints' folder names
 */
export function applyRetention(runFolder: string, rule: { keepLast: number; keepIterations: readonly number[] }): string[] {
  const all = listCheckpoints(runFolder)
  const removed = all.slice(0, Math.max(0, all.length - rule.keepLast)).filter(({ iteration }) => !rule.keepIterations.includes(iteration))
  for (const { path } of removed) rmSync(join(runFolder, path), { recursive: true, force: true })
  for (const name of readdirSync(runFolder)) if (PARTIAL.test(name)) rmSync(join(runFolder, name), { recursive: true, force: true })
  return removed.map(({ path }) => path)
}
