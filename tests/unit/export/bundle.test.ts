import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { importBundle } from '@main/export/import-bundle'
import { writeBundle } from '@main/export/write-bundle'
import { prepareResume } from '@main/runs/prepare'
import { insertEvaluation, listEvaluations } from '@main/store/evaluations'
import { insertMetrics, metricSummaries, readSeries } from '@main/store/metrics'
import { followedPrompts, insertProbes, probesOf } from '@main/store/probes'
import type { Store } from '@main/store/query'
import { changeRunNotes, runNotes } from '@main/store/run-notes'
import { getRun, listRuns, queueRun, startRun } from '@main/store/runs'
import { getTrajectory, insertTrajectories, listTrajectories } from '@main/store/trajectories'
import { GpoError } from '@shared/errors'
import type { ProbeRecord } from '@shared/schemas/events'
import { list } from 'tar'
import { Header } from 'tar/header'
import type { EntryTypeName } from 'tar/types'
import { describe, expect, it } from 'vitest'
import { errorOf, newRun, open, sampledTrajectory, tempFolder, trajectory } from '../store/fixtures'

const NAN_FREE = Array.from({ length: 25_000 }, (_, i) => i)

const probe = (row: number, right: number): ProbeRecord => ({
  ...{ row, prompt: `question ${row}`, reference: '7', text: `né ${right}`, tokens: 4, extracted: null },
  status: right > 0 ? 'correct' : 'truncated',
})

/** A run with a long curve, an evaluation and trajectories. */
function recordedRun(store: Store): string {
  const id = newRun(store)
  insertMetrics(
    store,
    id,
    NAN_FREE.map((iteration) => ({ iteration, values: { loss: 1 / (1 + iteration) } })),
  )
  const statuses = { correct: 3, wrong: 1, unparseable: 0, truncated: 0, timeout: 0 }
  const problems = { rows: '0-2,7', right: '1011' }
  insertEvaluation(store, id, { iteration: 0, n: 4, correct: 3, accuracy: 0.75, statuses, meanTokens: 12.5, problems })
  for (const iteration of [0, 1, 2]) insertProbes(store, id, { iteration, probes: [probe(3, iteration), probe(8, 0)] })
  insertTrajectories(store, id, [trajectory(1, 0), trajectory(1, 1, { text: 'né 🙂' }), sampledTrajectory(2, 0)])
  changeRunNotes(store, id, { note: 'mine', tags: ['good'] })
  return id
}

async function bundled(): Promise<{ store: Store; run: string; path: string }> {
  const store = open()
  const run = recordedRun(store)
  const path = join(tempFolder(), 'run.gpo')
  await writeBundle({ store, run, version: '0.1.0', path, trajectories: 3 })
  return { store, run, path }
}

const shown = (store: Store, run: string) =>
  listTrajectories(store, run, { order: 'oldest' }).rows.map(({ id }) => {
    const { id: _, ...rest } = getTrajectory(store, id)
    return rest
  })

async function refusal(store: Store, path: string): Promise<GpoError> {
  const error = await importBundle({ store, path }).then(
    () => new Error('it was imported'),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(GpoError)
  // Nothing of it is left, not even hidden.
  expect(store.db.prepare('SELECT count(*) FROM runs').pluck().get()).toBe(0)
  expect(store.db.prepare('SELECT count(*) FROM trajectories').pluck().get()).toBe(0)
  return error as GpoError
}

describe('a bundle', () => {
  it('brings a run to another installation as it was, read-only and tagged', async () => {
    const { store, run, path } = await bundled()
    const other = open()
    const imported = await importBundle({ store: other, path })
    expect(imported).toMatchObject({ name: 'first', trajectories: 3 })
    expect(getRun(other, imported.id)).toMatchObject({
      plan: getRun(store, run).plan,
      isReadOnly: true,
      status: 'interrupted', // it was queued when the bundle was made
    })
    expect(runNotes(other, imported.id)).toMatchObject({ tags: ['imported', 'good'], isArchived: false })
    expect(runNotes(other, imported.id).note).toMatch(new RegExp(`bundle of run ${run}.*GPO Studio 0.1.0`))
    expect(shown(other, imported.id)).toEqual(shown(store, run))
    expect(listEvaluations(other, imported.id)).toEqual(listEvaluations(store, run))
    expect(followedPrompts(other, imported.id)).toEqual(followedPrompts(store, run))
    expect(probesOf(other, imported.id, 2)).toEqual([probe(3, 2), probe(8, 0)])
    expect(metricSummaries(other, imported.id)).toEqual(metricSummaries(store, run))
    expect(readSeries(other, imported.id, 'loss')).toEqual(readSeries(store, run, 'loss'))
    expect(listRuns(other).map(({ id }) => id)).toEqual([imported.id])
  })

  it('written by version 0.1.0 opens', async () => {
    const store = open()
    const path = join(import.meta.dirname, 'fixtures', 'run-0.1.0.gpo')
    const { id } = await importBundle({ store, path })
    expect(shown(store, id)).toEqual([trajectory(1, 0), trajectory(1, 1, { text: 'né 🙂' })])
    expect(readSeries(store, id, 'loss').values).toEqual([1, 1 / 2, 1 / 3])
    expect(runNotes(store, id).tags).toEqual(['imported', 'good'])
  })

  it('holds the same bytes whenever it is written, but for its manifest', async () => {
    const { store, run, path } = await bundled()
    const again = join(tempFolder(), 'again.gpo')
    await writeBundle({ store, run, version: '0.1.0', path: again, trajectories: 3 })
    const [first, second] = [readFileSync(path), readFileSync(again)]
    const manifest = first.indexOf('manifest.json')
    expect(manifest).toBeGreaterThan(0)
    expect(second.subarray(0, manifest).equals(first.subarray(0, manifest))).toBe(true)
  })

  it('is never resumed, queued or started', async () => {
    const { store, path } = await bundled()
    const { id } = await importBundle({ store, path })
    for (const act of [
      () => prepareResume(store, id),
      () => queueRun(store, id),
      () => startRun(store, id, { pid: 1, startedAt: '1' }),
    ]) {
      const error = errorOf(act)
      expect(error.code).toBe('usage')
      expect(error.message).toContain('read-only')
    }
    expect(getRun(store, id).status).toBe('interrupted')
  })

  it('leaves nothing when it is cancelled half way', async () => {
    const { path } = await bundled()
    const store = open()
    const abort = new AbortController()
    const work = importBundle({ store, path, signal: abort.signal, onProgress: () => abort.abort() })
    await expect(work).rejects.toMatchObject({ code: 'interrupted' })
    expect(store.db.prepare('SELECT count(*) FROM runs').pluck().get()).toBe(0)
  })

  it('can be written of a run without anything', async () => {
    const store = open()
    const run = newRun(store)
    const path = join(tempFolder(), 'run.gpo')
    await writeBundle({ store, run, version: '0.1.0', path, trajectories: 0 })
    expect(await importBundle({ store: open(), path })).toMatchObject({ trajectories: 0 })
  })
})

/** The files of a bundle, to change and put together again; any tar reads them. */
function filesOf(path: string): Map<string, Buffer> {
  const parts = new Map<string, Buffer[]>()
  list({
    ...{ file: path, sync: true, strict: true },
    onReadEntry: (entry) => {
      const chunks: Buffer[] = []
      parts.set(entry.path, chunks)
      entry.on('data', (chunk) => chunks.push(chunk))
    },
  })
  return new Map([...parts].map(([name, chunks]) => [name, Buffer.concat(chunks)]))
}

function headerOf(path: string, size: number, type: EntryTypeName = 'File'): Buffer {
  const header = new Header({ path, size, type })
  header.encode()
  return header.block!
}

/** A header with other bytes in a place, and a sum that fits. */
function changedHeader(at: number, bytes: Uint8Array): Buffer {
  const header = headerOf('changed.json', 0)
  header.set(bytes, at)
  header.fill(' ', 148, 156)
  const sum = header.reduce((a, b) => a + b, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

const END = Buffer.alloc(1024)

const padded = (content: Uint8Array) =>
  Buffer.concat([content, Buffer.alloc(Math.ceil(content.length / 512) * 512 - content.length)])

const archive = (files: Iterable<readonly [string, Uint8Array]>, extra: readonly Uint8Array[] = []) =>
  Buffer.concat([
    ...[...files].flatMap(([name, content]) => [headerOf(name, content.length), padded(content)]),
    ...extra,
    END,
  ])

const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex')

// biome-ignore lint/suspicious/noExplicitAny: manifests are broken here in every way
type Anything = any

interface Change {
  /** Replacements of contents; null removes a file. */
  readonly files?: Readonly<Record<string, string | Buffer | null>>
  readonly manifest?: (manifest: Anything) => void
  /** The manifest is not changed, including checksums of files. */
  readonly keepsManifest?: boolean
}

/** A bundle with a defect and, by default, a matching manifest. */
async function broken({ files: changes = {}, manifest: change, keepsManifest = false }: Change): Promise<string> {
  const { path } = await bundled()
  const files = filesOf(path)
  const manifest: Anything = JSON.parse(files.get('manifest.json')!.toString('utf8'))
  for (const [name, content] of Object.entries(changes)) {
    const unpacked = content === null ? null : Buffer.from(content)
    if (unpacked === null) files.delete(name)
    else files.set(name, name.endsWith('.gz') && typeof content === 'string' ? gzipSync(unpacked) : unpacked)
    if (keepsManifest) continue
    manifest.files = manifest.files.filter((file: Anything) => file.name !== name)
    const bytes = files.get(name)
    if (bytes && unpacked)
      manifest.files.push({
        name,
        bytes: bytes.length,
        unpacked: unpacked.length,
        sha256: sha256(bytes),
        records: unpacked.toString('utf8').split('\n').length - 1,
      })
  }
  change?.(manifest)
  const text = Buffer.from(JSON.stringify(manifest))
  files.set('manifest.json', text)
  files.set('manifest.sha256', Buffer.from(`${sha256(text)}  manifest.json\n`))
  const file = join(tempFolder(), 'broken.gpo')
  writeFileSync(file, archive(files))
  return file
}

const TRAJECTORIES = 'trajectories-00000.jsonl.gz'
const MANY_PARTS = Array.from({ length: 700 }, (_, i) => `metrics-${String(i + 10).padStart(5, '0')}.jsonl.gz`)
const line = (value: unknown) => `${JSON.stringify(value)}\n`
const { critical, ...uncritical } = trajectory(1, 0)

describe('a hostile bundle', () => {
  it.each<[what: string, change: Change, message: RegExp]>([
    [
      'a file that is not the one it was',
      { files: { 'plan.json': '{}' }, keepsManifest: true },
      /plan\.json with \d+ bytes/,
    ],
    [
      'a sum that does not fit',
      { manifest: (manifest) => Object.assign(manifest.files[0], { sha256: '0'.repeat(64) }) },
      /plan\.json with SHA-256 [0-9a-f]{64}, its manifest\.json says 0{64}/,
    ],
    [
      'a record of very many empty lists',
      { files: { [TRAJECTORIES]: `[${'[],'.repeat(3_000_000)}[]]\n{}\n{}\n` } },
      /holds record 1 of trajectories-00000\.jsonl\.gz, which has more than 2,000,000 values/,
    ],
    [
      'lists in each other',
      { files: { 'environment.json': '['.repeat(100_000) } },
      /holds environment\.json, which has lists and objects more than 32 deep/,
    ],
    [
      'very many empty records',
      {
        files: { [TRAJECTORIES]: '\n'.repeat(20_000_000) },
        manifest: (manifest) => Object.assign(manifest.files.at(-1), { records: 3 }),
      },
      /with 20000000 records instead of 3/,
    ],
    ['a missing file', { files: { 'environment.json': null } }, /has no environment\.json/],
    [
      'a file that is named and not there',
      { files: { [TRAJECTORIES]: null }, keepsManifest: true },
      /lacks trajectories-00000/,
    ],
    [
      'a file that is there and not named',
      { files: { 'more.json': '{}' }, keepsManifest: true },
      /holds more\.json, which its manifest\.json does not name/,
    ],
    [
      'a way out of its folder',
      { files: { '../../../etc/passwd': 'x' } },
      /"\.\.\/\.\.\/\.\.\/etc\/passwd", which is no name/,
    ],
    ['an absolute path', { files: { '/etc/passwd': 'x' } }, /"\/etc\/passwd", which is no name/],
    ['a path of Windows', { files: { 'C:\\autoexec.bat': 'x' } }, /which is no name/],
    ['a file of another kind', { files: { 'script.sh': 'x' } }, /"script\.sh", which is not a file of a bundle/],
    [
      'a part that unpacks to more than it says',
      {
        files: { [TRAJECTORIES]: gzipSync(Buffer.alloc(50 * 2 ** 20)) },
        manifest: (manifest) => Object.assign(manifest.files.at(-1), { unpacked: 1000, records: 3 }),
      },
      /unpacks to more than the 1,000 bytes/,
    ],
    [
      'a part that says it unpacks to far too much',
      { manifest: (manifest) => Object.assign(manifest.files.at(-1), { unpacked: 2 ** 40 }) },
      /files\.\d+\.unpacked is not valid/,
    ],
    [
      'parts that say they unpack to far too much together',
      {
        files: Object.fromEntries(MANY_PARTS.map((name) => [name, ''])),
        manifest: (manifest) => {
          for (const file of manifest.files) if (MANY_PARTS.includes(file.name)) file.unpacked = 96 * 2 ** 20
        },
      },
      /would unpack to 70,\d\d\d,\d\d\d,\d\d\d bytes/,
    ],
    [
      'a part that is not packed',
      {
        files: { [TRAJECTORIES]: Buffer.from('no gzip') },
        manifest: (m) => Object.assign(m.files.at(-1), { records: 3 }),
      },
      /cannot be unpacked/,
    ],
    [
      'a huge count of trajectories',
      { manifest: (manifest) => Object.assign(manifest.counts, { trajectories: 1e12 }) },
      /counts\.trajectories/,
    ],
    [
      'another count of trajectories',
      { manifest: (manifest) => Object.assign(manifest.counts, { trajectories: 2 }) },
      /counts 2 trajectories, its files 3/,
    ],
    [
      'another count of points',
      { manifest: (manifest) => Object.assign(manifest.counts, { points: 24_999 }) },
      /more metrics than its manifest counts/,
    ],
    [
      'a list of files without end',
      { manifest: (manifest) => Object.assign(manifest, { files: Array(30_000).fill(manifest.files[0]) }) },
      /manifest\.json, where files/,
    ],
    [
      'a file that is named twice',
      { manifest: (manifest) => manifest.files.push(manifest.files[0]) },
      /names a file twice/,
    ],
    [
      'a manifest of something else',
      { manifest: (manifest) => Object.assign(manifest, { format: 'cat-pictures' }) },
      /where format is not valid/,
    ],
    [
      'a key nobody knows',
      { manifest: (manifest) => Object.assign(manifest, { extra: 1 }) },
      /where the whole file is not valid/,
    ],
    [
      'a newer version',
      { manifest: (manifest) => Object.assign(manifest, { version: 2 }) },
      /version 2, this program reads version 1/,
    ],
    [
      'a plan that is none',
      { files: { 'plan.json': '{"model":{"path":7}}\n' } },
      /a plan that this version cannot read/,
    ],
    [
      'text that is not JSON',
      { files: { 'evaluations.jsonl': '{"iteration": 0\n' } },
      /record 1 of evaluations\.jsonl, which is not JSON/,
    ],
    [
      'bytes that are no text',
      { files: { 'plan.json': Buffer.of(0xff, 0xfe, 0x00) } },
      /plan\.json, which is not UTF-8 text/,
    ],
    [
      'a critical step beyond the last one',
      {
        files: { [TRAJECTORIES]: line({ ...uncritical, critical: { ...critical, step: 9 } }) },
        manifest: (m) => Object.assign(m.counts, { trajectories: 1 }),
      },
      /record 1 of trajectories-00000.*the critical step must be one of the steps/,
    ],
    [
      'a trajectory twice',
      {
        files: { [TRAJECTORIES]: line(trajectory(1, 0)).repeat(2) },
        manifest: (m) => Object.assign(m.counts, { trajectories: 2 }),
      },
      /trajectory 0 of iteration 1 twice or out of order/,
    ],
    [
      'a number that is a text',
      {
        files: { [TRAJECTORIES]: line({ ...trajectory(1, 0), tokens: '9' }) },
        manifest: (m) => Object.assign(m.counts, { trajectories: 1 }),
      },
      /where tokens is not valid/,
    ],
    [
      'keys of a prototype',
      { files: { 'environment.json': '{"constructor": {"prototype": {"polluted": 1}}}\n' } },
      /environment\.json, where/,
    ],
  ])('with %s is refused, and nothing of it is left', async (_, change, message) => {
    const store = open()
    const error = await refusal(store, await broken(change))
    expect(error.code).toBe('data')
    expect(error.message).toMatch(message)
    expect(({} as Anything).polluted).toBeUndefined()
    expect(readdirSync(join(store.file, '..')).filter((name) => !name.startsWith('runs.db'))).toEqual([])
  })

  it.each<[what: string, make: (files: Map<string, Buffer>, whole: Buffer) => Uint8Array, message: RegExp]>([
    ['nothing', () => Buffer.alloc(0), /without an end-of-archive mark/],
    [
      'another kind of file',
      () => Buffer.from('PK\x03\x04'.repeat(1000)),
      /bytes where the header of a file should be/,
    ],
    [
      'its first half',
      (_, whole) => whole.subarray(0, whole.length / 2),
      /without an end-of-archive mark|inside a file/,
    ],
    ['no manifest', () => END, /has no manifest\.json/],
    [
      'a link',
      (files) => archive(files, [headerOf('plan-link', 0, 'SymbolicLink')]),
      /"plan-link", which is no regular file/,
    ],
    ['a folder', (files) => archive(files, [headerOf('folder', 0, 'Directory')]), /"folder", which is no regular file/],
    ['a hard link', (files) => archive(files, [headerOf('other', 0, 'Link')]), /"other", which is no regular file/],
    ['a long name of GNU', (files) => archive(files, [headerOf('x', 0, 'NextFileHasLongPath')]), /no regular file/],
    ['an extended header', (files) => archive(files, [headerOf('x', 0, 'ExtendedHeader')]), /no regular file/],
    [
      'a name with a folder before it',
      (files) => archive(files, [changedHeader(345, Buffer.from('..'))]),
      /"\.\.\/changed\.json", which is no name/,
    ],
    ['a file twice', (files) => archive([...files, ['plan.json', files.get('plan.json')!]]), /holds plan\.json twice/],
    [
      'a size that is far too large',
      (files) => archive(files, [headerOf('huge.json', 8 ** 11 - 1)]),
      /huge\.json with 8,589,934,591 bytes/,
    ],
    [
      'a size beyond all numbers',
      (files) => archive(files, [changedHeader(124, Buffer.from([0x80, ...Array(11).fill(0xff)]))]),
      /bytes where the header of a file should be/,
    ],
    [
      'a size below zero',
      (files) => archive(files, [changedHeader(124, Buffer.alloc(12, 0xff))]),
      /gives "changed\.json" no valid size/,
    ],
    [
      'a size that is no number',
      (files) => archive(files, [changedHeader(124, Buffer.from('many\0'))]),
      /gives "changed\.json" no valid size/,
    ],
    [
      'a manifest that was changed',
      (_, whole) => Buffer.from(whole.toString('latin1').replace('"name": "first"', '"name": "other"'), 'latin1'),
      /does not match its manifest\.sha256/,
    ],
    ['a bit that fell over', (_, whole) => flipped(whole), /SHA-256|header of a file/],
  ])('that is %s is refused', async (_, make, message) => {
    const { path } = await bundled()
    const file = join(tempFolder(), 'broken.gpo')
    writeFileSync(file, make(filesOf(path), readFileSync(path)))
    const error = await refusal(open(), file)
    expect(error.code).toBe('data')
    expect(error.message).toMatch(message)
    expect(error.message).toContain('broken.gpo')
  })

  it('that is a folder, not there, or a link to nothing is refused', async () => {
    const folder = tempFolder()
    mkdirSync(join(folder, 'folder.gpo'))
    symlinkSync(join(folder, 'nowhere'), join(folder, 'link.gpo'))
    for (const name of ['folder.gpo', 'absent.gpo', 'link.gpo']) {
      const error = await refusal(open(), join(folder, name))
      expect(error.message).toMatch(/is not a file|cannot be opened/)
    }
  })
})

/** One bit in the middle of the trajectories. */
function flipped(whole: Buffer): Buffer {
  const at = whole.indexOf(TRAJECTORIES) + 512 + 40
  const changed = Buffer.from(whole)
  changed[at] = changed[at]! ^ 1
  return changed
}
