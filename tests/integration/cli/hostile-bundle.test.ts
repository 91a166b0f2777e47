/** Bundles that are small and would be large in memory: they are refused, in a process whose memory is bounded, and main stays small. */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Header } from 'tar/header'
import { describe, expect, it } from 'vitest'
import { expectFailure, gpo, jsonLines, start, temporaryFolder } from '../../support/gpo'

/** A tar of files, as `gpo export --format bundle` writes it. */
function archive(files: Readonly<Record<string, Uint8Array>>): Buffer {
  const blocks = Object.entries(files).flatMap(([path, content]) => {
    const header = new Header({ path, size: content.length, mode: 0o644, mtime: new Date(0), type: 'File' })
    header.encode()
    return [header.block!, Buffer.from(content), Buffer.alloc((512 - (content.length % 512)) % 512)]
  })
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex')
const statuses = { correct: 1, wrong: 0, unparseable: 0, truncated: 0, timeout: 0 }

/** A bundle with everything in order, but for the text of one of its files. */
function bundleWith(name: string, text: string): Buffer {
  const plan = { model: { path: 'm' }, data: { train: { path: 'd' } }, objective: { kind: 'grpo' } }
  const evaluation = { iteration: 0, n: 1, correct: 1, accuracy: 1, statuses, meanTokens: 1 }
  const texts: Record<string, string> = {
    'plan.json': JSON.stringify(plan),
    'environment.json': 'null',
    'evaluations.jsonl': `${JSON.stringify(evaluation)}\n`,
    [name]: text,
  }
  const contents = Object.entries(texts).map(([file, content]) => {
    const packed = file.endsWith('.gz') ? gzipSync(content) : Buffer.from(content)
    return { file, packed, unpacked: Buffer.byteLength(content) }
  })
  const records = (file: string) => (file.startsWith('evaluations') || file.endsWith('.gz') ? 1 : 0)
  const manifest = JSON.stringify({
    format: 'gpo-run-bundle',
    version: 1,
    program: '0.1.0',
    writtenAt: 0,
    run: {
      ...{
        id: 'a',
        name: 'a',
        status: 'completed',
        createdAt: 0,
        startedAt: 0,
        endedAt: 0,
        iteration: 1,
        iterations: 1,
      },
      ...{ error: null, note: '', tags: [] },
    },
    counts: { series: 0, points: 0, evaluations: 1, trajectories: name.startsWith('trajectories') ? 1 : 0 },
    files: contents.map(({ file, packed, unpacked }) => {
      const frame = { name: file, bytes: packed.length, unpacked, sha256: sha256(packed), records: records(file) }
      return file === 'plan.json' || file === 'environment.json' ? { ...frame, records: 1 } : frame
    }),
  })
  return archive({
    ...Object.fromEntries(contents.map(({ file, packed }) => [file, packed])),
    'manifest.json': Buffer.from(manifest),
    'manifest.sha256': Buffer.from(`${sha256(manifest)}  manifest.json\n`),
  })
}

/** Largest resident memory in MB of a process and, apart, of its children, while it runs. */
async function peaksOf(pid: number, isOver: () => boolean): Promise<{ main: number; apart: number }> {
  const resident = (of: number | string) => {
    try {
      return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${of}/status`, 'utf8'))?.[1] ?? 0) / 1024
    } catch {
      return 0
    }
  }
  let [main, apart] = [0, 0]
  while (!isOver()) {
    main = Math.max(main, resident(pid))
    try {
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
      apart = Math.max(apart, ...children.map(resident))
    } catch {}
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return { main, apart }
}

const MANY = `[${'[],'.repeat(33_000_000)}[]]`
const BOMBS = [
  ['trajectories-00000.jsonl.gz', MANY, 'more than 2,000,000 values'],
  ['metrics-00000.jsonl.gz', MANY, 'more than 2,000,000 values'],
  ['trajectories-00000.jsonl.gz', '['.repeat(90_000_000), 'more than 32 deep'],
] as const

describe.skipIf(process.platform !== 'linux')('a bundle of some 100 KB that unpacks to 100 million brackets', () => {
  it.each(BOMBS)('in %s is refused with a sentence, and costs main nothing', async (name, text, why) => {
    const file = join(temporaryFolder(), 'bomb.gpo')
    const bytes = bundleWith(name, text)
    expect(bytes.length).toBeLessThan(150_000)
    writeFileSync(file, bytes)
    const home = temporaryFolder()
    const { child, ended } = start(home, ['import', file])
    let isOver = false
    const peaks = peaksOf(child.pid!, () => isOver)
    const end = await ended.finally(() => {
      isOver = true
    })
    expectFailure(end, 3, why)
    const { main, apart } = await peaks
    expect(main).toBeLessThan(250)
    expect(apart).toBeGreaterThan(0) // it was read in another process
    expect(apart).toBeLessThan(900)
    expect(jsonLines(await gpo(home, 'runs', '--json'))).toEqual([])
  })

  it('a bundle in order is read by that process', async () => {
    const file = join(temporaryFolder(), 'fine.gpo')
    writeFileSync(file, bundleWith('environment.json', '{"backend":"onnx"}'))
    const home = temporaryFolder()
    expect((await gpo(home, 'import', file)).code).toBe(0)
    expect(jsonLines(await gpo(home, 'runs', '--json'))).toMatchObject([{ name: 'a', isReadOnly: true }])
  })
})
