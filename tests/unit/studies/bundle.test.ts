/** Bundles of studies that somebody has tampered with, and documents that are no studies. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createArchive } from '@main/export/bundle-archive'
import { readPlan } from '@main/library/plans/plan-file'
import { parseStudy, readStudy, withPaths } from '@main/studies/document'
import { unpackStudy } from '@main/studies/open-bundle'
import { bundleDocument, placedStudy } from '@main/studies/placed'
import { studySchema } from '@shared/schemas/study'
import { describe, expect, it } from 'vitest'
import { input } from '../shared/study/fixtures'
import { errorOf, tempFolder } from '../store/fixtures'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const sumOf = (text: string) => createHash('sha256').update(text).digest('hex')

const data = { train: { path: 'data-1-rows.jsonl' }, eval: { path: 'bundled:shuffled-objects/test' } }
const document = { ...input, plan: { ...input.plan, data } }
const inputs = [
  { path: 'bundled:tiny', kind: 'model', files: [], isContained: false },
  { path: 'bundled:shuffled-objects/test', kind: 'data', files: [], isContained: false },
  { path: 'data-1-rows.jsonl', kind: 'data', files: [], isContained: true },
]

const ROWS = '{"prompt":"1","answer":"1"}\n'

interface Tampering {
  readonly study?: unknown
  readonly rows?: string
  readonly manifest?: object
  readonly extra?: string
  readonly sum?: string
}

async function bundle({ study = document, rows = ROWS, manifest = {}, extra, sum }: Tampering = {}): Promise<string> {
  const path = join(tempFolder(), 'study.gpostudy')
  const archive = await createArchive(path)
  const files: { name: string; bytes: number; sha256: string }[] = []
  const contents = { 'study.json': JSON.stringify(study), 'data-1-rows.jsonl': rows }
  for (const [name, text] of Object.entries(contents)) {
    await archive.append(name, bytesOf(text))
    files.push({ name, bytes: bytesOf(text).length, sha256: sumOf(text) })
  }
  if (extra) await archive.append(extra, bytesOf('x'))
  const frame = { format: 'gpo-study-bundle', version: 1, program: '0.1.0', writtenAt: 1, name: 'a study' }
  const text = JSON.stringify({ ...frame, inputs, files, ...manifest })
  await archive.append('manifest.json', bytesOf(text))
  await archive.append('manifest.sha256', bytesOf(`${sum ?? sumOf(text)}  manifest.json\n`))
  await archive.finish()
  await archive.close()
  return path
}

const unpacked = async (tampering?: Tampering) => {
  const folder = tempFolder()
  return { folder, study: await unpackStudy(await bundle(tampering), join(folder, 'runs.db')) }
}

describe('a bundle', () => {
  it('is unpacked beside the database, and its document reads what it contains', async () => {
    const { folder, study } = await unpacked()
    expect(readdirSync(study.folder).toSorted()).toEqual(['data-1-rows.jsonl', 'study.json'])
    expect(study.folder.startsWith(join(folder, 'studies'))).toBe(true)
    expect(placedStudy(study, new Map()).plan).toMatchObject({
      model: { path: 'bundled:tiny' },
      data: { train: { path: join(study.folder, 'data-1-rows.jsonl') } },
    })
  })

  it.each([
    ['/etc/passwd', { train: { path: '/etc/passwd' } }],
    ['../../secret.jsonl', { train: { path: '../../secret.jsonl' } }],
    ['run:0abc', { train: { path: 'bundled:shuffled-objects' } }],
  ])('whose document reads %s is refused', async (path, changed) => {
    const plan = {
      ...document.plan,
      data: { ...data, ...changed },
      ...(path.startsWith('run:') ? { model: { path } } : {}),
    }
    const { study } = await unpacked({ study: { ...document, plan } })
    expect(errorOf(() => bundleDocument(study, new Map())).message).toMatch(/which its manifest does not name/)
  })

  it.each<[string, Tampering, RegExp]>([
    [
      'has a file that nobody names',
      { extra: 'more.jsonl' },
      /holds more\.jsonl, which its manifest\.json does not name/,
    ],
    ['has another manifest', { sum: sumOf('x') }, /has a manifest\.json that does not match/],
    [
      'names a file twice',
      { manifest: { files: [1, 2].map(() => ({ name: 'study.json', bytes: 1, sha256: sumOf('') })) } },
      /names a file twice/,
    ],
    [
      'lacks what it says it contains',
      { manifest: { inputs: [{ ...inputs[2]!, path: 'gone.jsonl' }] } },
      /lacks gone\.jsonl/,
    ],
    [
      'names a file that leads elsewhere',
      { manifest: { files: [{ name: '../x', bytes: 1, sha256: sumOf('') }] } },
      /manifest\.json/,
    ],
    [
      'reads a file that leads elsewhere',
      { manifest: { inputs: [{ ...inputs[2]!, path: '../../x', isContained: false }] } },
      /manifest\.json, where inputs.*expected bundled:NAME or the plain name of a file/,
    ],
    [
      'has a manifest that is mostly brackets',
      { manifest: { inputs: Array.from({ length: 60_000 }, () => []) } },
      /holds manifest\.json, which has more than 100,000 values/,
    ],
    ['is of a later version', { manifest: { version: 2 } }, /manifest\.json/],
  ])('that %s is refused, and leaves nothing', async (_, tampering, message) => {
    const folder = tempFolder()
    await expect(unpackStudy(await bundle(tampering), join(folder, 'runs.db'))).rejects.toThrow(message)
    expect(existsSync(join(folder, 'studies'))).toBe(false)
  })

  it('with a large file is unpacked piece by piece, and what else the program does goes on', async () => {
    const rows = 'x'.repeat(60 * 2 ** 20)
    const begun = performance.now()
    sumOf(rows)
    const atOnce = performance.now() - begun
    const path = await bundle({ rows })
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    await unpackStudy(path, join(tempFolder(), 'runs.db'))
    delay.disable()
    expect(delay.max / 1e6).toBeLessThan(atOnce / 2)
  })

  it('that ends in the middle, or is no archive, is refused', async () => {
    const folder = tempFolder()
    const path = join(folder, 'half')
    writeFileSync(path, Buffer.alloc(700, 1))
    await expect(unpackStudy(path, join(folder, 'runs.db'))).rejects.toThrow(/damaged or not a study bundle/)
  })
})

describe('a document', () => {
  it('is refused with every problem of its form', () => {
    const error = errorOf(() => parseStudy({ name: '', plan: 3, arms: {}, extra: 1 }, 'x.json'))
    for (const part of [
      /name is ""/,
      /plan is 3/,
      /arms is \{\}/,
      /base is missing/,
      /seeds is missing/,
      /unknown key "extra"/,
    ])
      expect(error.message).toMatch(part)
  })

  it('that is too large is not read', () => {
    const file = join(tempFolder(), 'large.json')
    writeFileSync(file, Buffer.alloc(4_000_001, 32))
    expect(errorOf(() => readStudy(file)).message).toMatch(/has 4,000,001 bytes; a study has at most 4,000,000/)
  })

  it.each<[string, (file: string) => unknown]>([
    ['a study', readStudy],
    ['a plan', (file) => readPlan(file, [])],
  ])('is not parsed where %s would be far larger in memory than in the file', (what, read) => {
    const file = join(tempFolder(), 'brackets.json')
    writeFileSync(file, `{"plan":{"a":[${'[],'.repeat(60_000)}[]]}}`)
    expect(errorOf(() => read(file)).message).toMatch(/has more than 100,000 values; correct it there/)
    writeFileSync(file, '['.repeat(200))
    expect(errorOf(() => read(file)).message).toMatch(/more than 100 deep/)
    writeFileSync(file, Buffer.alloc(5_000_000, 32))
    expect(errorOf(() => read(file)).message).toMatch(`has 5,000,000 bytes; ${what} has at most 4,000,000`)
  })

  it('has its paths moved, those of tasks and arms too, and nothing else', () => {
    const study = studySchema.parse({
      ...document,
      tasks: [{ name: 't', changes: { 'data.eval.path': 'held.jsonl', 'data.template': 'held.jsonl' } }],
      arms: [input.arms[0], { name: 'b', changes: { 'model.path': 'other', 'data.train.limit': 3 } }],
    })
    const moved = withPaths(study, (path, kind) => `${kind}/${path}`)
    expect(moved.tasks[0]!.changes).toEqual({ 'data.eval.path': 'data/held.jsonl', 'data.template': 'held.jsonl' })
    expect(moved.arms[1]!.changes).toEqual({ 'model.path': 'model/other', 'data.train.limit': 3 })
    expect(moved.plan).toMatchObject({
      model: { path: 'model/bundled:tiny' },
      data: { train: { path: 'data/data-1-rows.jsonl' } },
    })
  })
})
