/**
 * Records the inputs of a run, so that it resumes with the same ones: SHA-256 of every byte of its data, base weights, tokenizer and adapter. A
 * file whose device, number, size and times (of the last change too, which no program sets) are those of an earlier sum is not read again; any
 * other is, so a file changed to other content of the same size is noticed even where its date was set back. Large files are read while the run
 * is under way; one whose sum was not done when the run ended counts as changed as soon as its stamp is another.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isGgufPath } from '@main/formats/gguf/model'
import { modelFiles } from '@main/formats/model-files'
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS } from '@main/formats/peft'
import { adapterOf } from '@main/library/known-paths'
import { datasetPath, modelPath } from '@main/paths'
import {
  type FilePrint,
  type Fingerprint,
  fingerprintsOfRun,
  keepFingerprints,
  knownSums,
} from '@main/store/fingerprints'
import type { Store } from '@main/store/query'
import { GpoError } from '@shared/errors'
import type { Plan } from '@shared/schemas/plan'

type Part = Fingerprint['part']

/** One input of a plan: a file, or files of a folder. */
interface Input {
  readonly part: Part
  readonly path: string
  /** Which files of the folder are recorded; all by default. */
  readonly counts?: (name: string) => boolean
}

const TOKENIZER = /^(tokenizer|special_tokens_map|added_tokens|generation_config|chat_template)[\w.]*\.(json|jinja)$/
const TEMPLATES = /^additional_chat_templates\//
const WEIGHTS = /^(config\.json|[^/]*\.safetensors|model\.safetensors\.index\.json)$/
const ADAPTER = [ADAPTER_CONFIG, ADAPTER_WEIGHTS]

const isHidden = (name: string) => name.startsWith('.')
const isAbout = (name: string) => /^(readme|licen[cs]e)\b/i.test(basename(name))

/** A GGUF file has its tokenizer in itself. */
const tokenizerOf = (model: string): Input[] =>
  isGgufPath(model)
    ? []
    : [{ part: 'tokenizer', path: model, counts: (name) => TOKENIZER.test(name) || TEMPLATES.test(name) }]

function inputsOf(plan: Plan): Input[] {
  const { train, eval: held } = plan.data
  const model = modelPath(plan.model.path)
  const adapter = adapterOf(plan)
  const isData = (name: string) => !isAbout(name)
  return [
    { part: 'training data', path: datasetPath(train.path), counts: isData },
    ...(held ? [{ part: 'evaluation data', path: datasetPath(held.path), counts: isData } as const] : []),
    { part: 'base weights', path: model, counts: (name) => WEIGHTS.test(name) },
    ...tokenizerOf(model),
    ...(adapter ? [{ part: 'adapter', path: adapter, counts: (name: string) => ADAPTER.includes(name) } as const] : []),
  ]
}

/** Names below a folder, links followed; at most this deep. */
const MAX_DEPTH = 4

async function namesBelow(folder: string, prefix = '', depth = 0): Promise<string[]> {
  const entries = (await readdir(join(folder, prefix))).filter((name) => !isHidden(name))
  const found = await Promise.all(
    entries.map(async (entry) => {
      const name = `${prefix}${entry}`
      const info = await stat(join(folder, name)).catch(() => null)
      if (info?.isFile()) return [name]
      return info?.isDirectory() && depth < MAX_DEPTH ? namesBelow(folder, `${name}/`, depth + 1) : []
    }),
  )
  return found.flat().sort()
}

/** Bytes read at once. */
const CHUNK = 4 << 20

async function sumOf(file: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK, signal })) hash.update(chunk as Uint8Array)
  return hash.digest('hex')
}

/** Files of at least this many bytes are large: reading them takes seconds. */
const LARGE = 1 << 28

interface Reading {
  /** Checksums by stamp; new ones are added. */
  readonly known: Map<string, string>
  /** Whether a file without a known checksum is read now. */
  readonly reads: (file: { readonly bytes: number; readonly stamp: string }) => boolean
  readonly signal?: AbortSignal | undefined
}

async function printOf(folder: string, name: string, { known, reads, signal }: Reading): Promise<FilePrint> {
  const file = join(folder, name)
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true })
  const stamp = [dev, ino, size, mtimeNs, ctimeNs].join('/')
  const bytes = Number(size)
  const sha256 = known.get(stamp) ?? (reads({ bytes, stamp }) ? await sumOf(file, signal) : null)
  if (sha256 !== null) known.set(stamp, sha256)
  return { name, bytes, sha256, stamp }
}

/** A missing input has no files; the code that needs it reports the error. */
async function filesOf({ path, counts = () => true }: Input, reading: Reading): Promise<FilePrint[]> {
  const info = await stat(path).catch(() => null)
  if (info === null) return []
  const files = isGgufPath(path) ? modelFiles(path) : [path]
  const [folder, names] = info.isDirectory()
    ? [path, await namesBelow(path)]
    : [dirname(path), files.map((file) => basename(file))]
  const prints: FilePrint[] = []
  for (const name of info.isDirectory() ? names.filter(counts) : names)
    prints.push(await printOf(folder, name, reading))
  return prints
}

/** @throws {GpoError} 'storage' for a file that cannot be read */
async function take(plan: Plan, reading: Reading): Promise<Fingerprint[]> {
  const prints: Fingerprint[] = []
  for (const input of inputsOf(plan)) {
    try {
      prints.push({ part: input.part, path: input.path, files: await filesOf(input, reading) })
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === undefined || code === 'ABORT_ERR') throw error
      throw new GpoError('storage', `${input.path} could not be read (${code}): check the disk and the permissions`)
    }
  }
  return prints
}

/** Fingerprints without the large files that no run has read, which is fast. @throws {GpoError} 'storage' for a file that cannot be read */
export const takeFingerprints = (store: Store, plan: Plan): Promise<Fingerprint[]> =>
  take(plan, { known: knownSums(store), reads: ({ bytes }) => bytes < LARGE })

/**
 * The checksums of all of a plan's files, large ones too. An input that is not there has no files.
 * @param known checksums by stamp; new ones are added
 */
export const allFingerprints = (plan: Plan, known: Map<string, string>): Promise<Fingerprint[]> =>
  take(plan, { known, reads: () => true })

const isWhole = (prints: readonly Fingerprint[]) =>
  prints.every(({ files }) => files.every(({ sha256 }) => sha256 !== null))

/**
 * Reads the large files of a run that has begun. A file that has changed since then stays without a checksum.
 * @param signal aborts the reading; files not read by then stay without a checksum
 */
export async function completeFingerprints(store: Store, id: string, plan: Plan, signal: AbortSignal): Promise<void> {
  const noted = fingerprintsOfRun(store, id) ?? []
  if (isWhole(noted)) return
  const known = knownSums(store)
  try {
    await take(plan, { known, reads: () => true, signal })
  } catch (error) {
    if (!signal.aborted) throw error
  }
  const sumsOf = (files: readonly FilePrint[]) =>
    files.map((file) => ({ ...file, sha256: file.sha256 ?? known.get(file.stamp) ?? null }))
  keepFingerprints(
    store,
    id,
    noted.map((print) => ({ ...print, files: sumsOf(print.files) })),
  )
}

const count = (n: number) => n.toLocaleString('en')

function changeOf(name: string, before: FilePrint | undefined, now: FilePrint | undefined): string | null {
  if (!before) return `${name} is new`
  if (!now) return `${name} is missing`
  if (before.stamp === now.stamp || (before.sha256 !== null && before.sha256 === now.sha256)) return null
  if (before.sha256 === null && before.bytes === now.bytes)
    return `${name} was written again, and the run ended before its content was recorded`
  if (before.bytes === now.bytes) return `${name} has other content of the same size, ${count(now.bytes)} bytes`
  return `${name} had ${count(before.bytes)} bytes and has ${count(now.bytes)}`
}

/** Number of changes per input that are named; the others are counted. */
const MAX_NAMED = 3

function changesOf(before: Fingerprint, now: Fingerprint): string[] {
  const names = [...new Set([...before.files, ...now.files].map(({ name }) => name))].sort()
  const find = ({ files }: Fingerprint, name: string) => files.find((file) => file.name === name)
  const changes = names.map((name) => changeOf(name, find(before, name), find(now, name))).filter((one) => one !== null)
  if (changes.length === 0) return []
  const more = changes.length > MAX_NAMED ? ` and ${changes.length - MAX_NAMED} more` : ''
  return [`${now.part} (${now.path}): ${changes.slice(0, MAX_NAMED).join(', ')}${more}`]
}

/** One part of a sentence for each input that has changed. */
export const differences = (before: readonly Fingerprint[], now: readonly Fingerprint[]): string[] =>
  now.flatMap((print) => {
    const old = before.find(({ part }) => part === print.part)
    return old ? changesOf(old, print) : []
  })

export interface SameInputs {
  /** Allows changed inputs and records them as the run's inputs. */
  readonly isChangeAllowed?: boolean | undefined
}

/**
 * Checks that a run would resume with the inputs it began with.
 * @returns warnings: allowed changes, or that nothing was recorded when the run began
 * @throws {GpoError} 'changed' naming every input that has changed
 */
export async function checkSameInputs(
  store: Store,
  { id, plan }: { readonly id: string; readonly plan: Plan },
  { isChangeAllowed = false }: SameInputs = {},
): Promise<readonly string[]> {
  const before = fingerprintsOfRun(store, id)
  const same = new Set((before ?? []).flatMap(({ files }) => files.map(({ stamp }) => stamp)))
  const now = await take(plan, { known: knownSums(store), reads: ({ stamp }) => !same.has(stamp) })
  const changes = before === null ? [] : differences(before, now)
  if (changes.length > 0 && !isChangeAllowed)
    throw new GpoError(
      'changed',
      `The run began with other files: ${changes.join('; ')}. Restore them, or resume with the changed ones`,
    )
  if (before === null || changes.length > 0) keepFingerprints(store, id, now)
  if (before === null)
    return [
      `the files of run ${id} were not recorded when it began, so earlier changes to them cannot be detected; they are recorded from now on`,
    ]
  return changes.map((change) => `changed since the run began; the new version is used: ${change}`)
}
