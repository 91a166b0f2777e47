/**
 * Training checkpoints: a folder `checkpoint-00000040` with one safetensors file per group of tensors, a manifest (state, and size and
 * SHA-256 of every file) and the manifest's own checksum. Written beside its final place and renamed when whole, so a folder with its
 * final name is complete. Knows nothing of models and optimisers: groups of named tensors and a state are all it sees.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { GpoError } from '@shared/errors'
import type { CheckpointRecord } from '@shared/schemas/events'
import { type FileSystem, realFileSystem, storageError, syncFolder, writeDurably } from './atomic'
import type { HostTensor, HostTensors } from './host-tensor'
import { FORMAT, type Manifest, manifestFiles, readManifest, TENSORS, verifyFiles } from './manifest'
import { openSafetensors } from './safetensors'
import { safetensorsChunks } from './safetensors-writer'

const FOLDER = /^checkpoint-(\d{8})$/
const PARTIAL = /^partial-checkpoint-\d{8}/

export interface CheckpointContent {
  readonly iteration: number
  /** Whatever the trainer needs to go on; plain JSON. */
  readonly state: Readonly<Record<string, unknown>>
  /** Group name → tensors, e.g. `trainable`, `optimiser`. */
  readonly groups: Readonly<Record<string, HostTensors>>
}

const folderName = (iteration: number) => `checkpoint-${String(iteration).padStart(8, '0')}`

/** A checkpoint that could not be read back must not displace an older one that can. */
function checkTensors(group: string, tensors: HostTensors): void {
  for (const [name, { shape, data }] of tensors) {
    const size = shape.reduce((a, b) => a * b, 1)
    if (data.length !== size)
      throw new Error(`${group}: ${name} has ${data.length} values, [${shape.join(', ')}] takes ${size}`)
    const bad = data.findIndex((value) => !Number.isFinite(value))
    if (bad < 0) continue
    const what = `the checkpoint was not written: ${name} (${group}) holds ${data[bad]} at index ${bad}, so training has diverged`
    throw new GpoError('training', `${what}; resume from an older checkpoint with a lower learning rate`)
  }
}

function writeGroup(folder: string, file: string, tensors: HostTensors, system: FileSystem) {
  const hash = createHash('sha256')
  const list = [...tensors].map(([name, { shape, data }]) => ({ name, shape, data }))
  function* hashed() {
    for (const chunk of safetensorsChunks(list, 'F32')) {
      hash.update(chunk)
      yield chunk
    }
  }
  const bytes = writeDurably(join(folder, file), hashed(), system)
  return { bytes, sha256: hash.digest('hex') }
}

/** Fills an empty folder. */
function writeFiles(folder: string, { iteration, state, groups }: CheckpointContent, system: FileSystem) {
  const files = Object.fromEntries(
    Object.entries(groups).map(([group, tensors]) => [
      group + TENSORS,
      writeGroup(folder, group + TENSORS, tensors, system),
    ]),
  )
  const manifest = manifestFiles({ format: FORMAT, iteration, state, files } satisfies Manifest)
  for (const [name, bytes] of Object.entries(manifest.files)) writeDurably(join(folder, name), [bytes], system)
  syncFolder(folder)
  const written = [...Object.values(files), ...Object.values(manifest.files).map(({ length }) => ({ bytes: length }))]
  return { bytes: written.reduce((sum, file) => sum + file.bytes, 0), sha256: manifest.sha256 }
}

/** Renames a checkpoint before deleting its files, so that a half-deleted one is never mistaken for a complete one. */
function discard(runFolder: string, name: string): void {
  const aside = join(runFolder, `partial-${name}-discarded`)
  rmSync(aside, { recursive: true, force: true })
  renameSync(join(runFolder, name), aside)
  rmSync(aside, { recursive: true, force: true })
}

/** Gives a whole folder its final name; one that had it before is put aside for that moment. */
function publish(runFolder: string, partial: string, name: string): void {
  const aside = join(runFolder, `partial-${name}-replaced`)
  rmSync(aside, { recursive: true, force: true })
  const isReplacing = existsSync(join(runFolder, name))
  if (isReplacing) renameSync(join(runFolder, name), aside)
  try {
    renameSync(partial, join(runFolder, name))
  } catch (error) {
    if (isReplacing) renameSync(aside, join(runFolder, name))
    throw error
  }
  syncFolder(runFolder)
  rmSync(aside, { recursive: true, force: true })
}

function neededBytes({ groups }: CheckpointContent): number {
  const tensors = Object.values(groups).flatMap((group) => [...group.values()])
  return tensors.reduce((sum, { data }) => sum + data.byteLength, 0)
}

/**
 * @returns where it is (relative to the run's folder), its size and the manifest's checksum
 * @throws GpoError('storage'), or ('training') for tensors that are not finite; then nothing is left behind and older checkpoints are untouched
 */
export function writeCheckpoint(
  runFolder: string,
  content: CheckpointContent,
  system: FileSystem = realFileSystem,
): CheckpointRecord {
  const { iteration, groups } = content
  const name = folderName(iteration)
  const partial = join(runFolder, `partial-${name}`)
  for (const [group, tensors] of Object.entries(groups)) checkTensors(group, tensors)
  try {
    rmSync(partial, { recursive: true, force: true })
    mkdirSync(partial, { recursive: true })
    const written = writeFiles(partial, content, system)
    publish(runFolder, partial, name)
    return { iteration, path: name, ...written }
  } catch (error) {
    rmSync(partial, { recursive: true, force: true })
    const cause = error instanceof GpoError && error.cause ? error.cause : error
    const needed = neededBytes(content).toLocaleString('en')
    throw storageError(
      cause,
      `writing the checkpoint of iteration ${iteration} into ${runFolder}, which needs ${needed} bytes,`,
    )
  }
}

function readTensors(path: string): Map<string, HostTensor> {
  const file = openSafetensors(path)
  try {
    return new Map(file.names.map((name) => [name, { shape: file.info(name).shape, data: file.read(name) }]))
  } finally {
    file.close()
  }
}

/** A damaged file here is an error of storage, not of the model. */
function readGroup(path: string): Map<string, HostTensor> {
  try {
    return readTensors(path)
  } catch (error) {
    throw error instanceof GpoError ? new GpoError('storage', error.message, { cause: error }) : error
  }
}

/**
 * Verifies every size and checksum before anything is used.
 * @throws GpoError('storage') naming the file, what was expected and what was found
 */
export function readCheckpoint(folder: string): CheckpointContent {
  try {
    const { manifest } = readManifest(folder)
    verifyFiles(folder, manifest)
    const groups = Object.keys(manifest.files).map(
      (name) => [name.slice(0, -TENSORS.length), readGroup(join(folder, name))] as const,
    )
    return { iteration: manifest.iteration, state: manifest.state, groups: Object.fromEntries(groups) }
  } catch (error) {
    throw storageError(error, `reading the checkpoint ${folder}`)
  }
}

interface Found {
  readonly iteration: number
  readonly path: string
}

/** Folders with the name of a checkpoint, oldest first. */
function findCheckpoints(runFolder: string): Found[] {
  if (!existsSync(runFolder)) return []
  const found = readdirSync(runFolder).flatMap((path) => {
    const iteration = FOLDER.exec(path)?.[1]
    return iteration ? [{ iteration: Number(iteration), path }] : []
  })
  return found.toSorted((a, b) => a.iteration - b.iteration)
}

function verify(runFolder: string, path: string): CheckpointRecord {
  const folder = join(runFolder, path)
  try {
    const read = readManifest(folder)
    return {
      iteration: read.manifest.iteration,
      path,
      bytes: read.bytes + verifyFiles(folder, read.manifest),
      sha256: read.sha256,
    }
  } catch (error) {
    throw storageError(error, `reading the checkpoint ${folder}`)
  }
}

/**
 * The newest checkpoint whose files are all intact, or null. @param onDamaged called for each newer one that is skipped
 */
export function latestCheckpoint(
  runFolder: string,
  onDamaged: (error: GpoError) => void = () => {},
): CheckpointRecord | null {
  for (const { path } of findCheckpoints(runFolder).toReversed()) {
    try {
      return verify(runFolder, path)
    } catch (error) {
      if (!(error instanceof GpoError)) throw error
      onDamaged(error)
    }
  }
  return null
}

/** What the folder says it holds: the manifests are checked, the large files are not. Oldest first; damaged ones are left out. */
export function checkpointsOnDisk(runFolder: string): CheckpointRecord[] {
  return findCheckpoints(runFolder).flatMap(({ path }) => {
    try {
      const { manifest, bytes, sha256 } = readManifest(join(runFolder, path))
      const files = Object.values(manifest.files).reduce((sum, file) => sum + file.bytes, bytes)
      return [{ iteration: manifest.iteration, path, bytes: files, sha256 }]
    } catch {
      return []
    }
  })
}

export interface Retention {
  /**
   * Iteration of the checkpoint that has just been written; by default the highest. After resuming from an older checkpoint it must be given:
   * later checkpoints then belong to abandoned iterations and are deleted.
   */
  readonly newest?: number
  /** Checkpoints kept, the newest included. */
  readonly keepLast: number
  /** Iterations kept besides. */
  readonly keepIterations: readonly number[]
}

/**
 * Deletes all but the newest `keepLast` checkpoints and those of `keepIterations`, and what an interrupted write left. To be called when
 * the newest one is safe. @returns the deleted checkpoints' folder names @throws GpoError('storage')
 */
export function applyRetention(runFolder: string, { keepLast, keepIterations, ...rule }: Retention): string[] {
  const all = findCheckpoints(runFolder)
  const newest = rule.newest ?? all.at(-1)?.iteration ?? 0
  const current = all.filter(({ iteration }) => iteration <= newest)
  const kept = new Set([
    newest,
    ...keepIterations,
    ...current.slice(-Math.max(1, keepLast)).map(({ iteration }) => iteration),
  ])
  const removed = all.filter(({ iteration }) => iteration > newest || !kept.has(iteration)).map(({ path }) => path)
  try {
    for (const path of removed) discard(runFolder, path)
    for (const name of readdirSync(runFolder))
      if (PARTIAL.test(name)) rmSync(join(runFolder, name), { recursive: true, force: true })
  } catch (error) {
    throw storageError(error, `deleting old checkpoints from ${runFolder}`)
  }
  return removed
}
