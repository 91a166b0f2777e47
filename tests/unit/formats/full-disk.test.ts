import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** Real limits of the system, in a separate process: a file system of 1 MiB, and a limit on the size of files. */

const root = resolve(import.meta.dirname, '../../..')
const folder = mkdtempSync(join(tmpdir(), 'gpo-full-disk-'))
const program = join(folder, 'fill-disk.mjs')

/** Why a separate file system is not possible here; empty if it is. */
function whyNoMount(): string {
  const where = join(folder, 'probe')
  mkdirSync(where)
  const { status, error, stderr } = spawnSync(
    'unshare',
    ['-rm', 'mount', '-t', 'tmpfs', '-o', 'size=1m', 'none', where],
    { encoding: 'utf8' },
  )
  return status === 0 ? '' : (error?.message ?? stderr.trim())
}
const reason = whyNoMount()

beforeAll(async () => {
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { '@shared': join(root, 'src/shared'), '@engine': join(root, 'src/main/engine') } },
    build: {
      ssr: join(root, 'tests/support/fill-disk.ts'),
      outDir: folder,
      emptyOutDir: false,
      rolldownOptions: { output: { entryFileNames: 'fill-disk.mjs' } },
    },
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Outcome {
  readonly error: { readonly code: string; readonly message: string } | null
  readonly left: readonly string[]
  readonly latest: string | null
}

/** Runs the program under a shell command that ends with it. */
function run(name: string, command: string, ...args: readonly string[]): Outcome {
  const runFolder = join(folder, name)
  mkdirSync(runFolder)
  const [shell = 'sh', ...rest] = [
    ...args,
    'sh',
    '-c',
    `${command} && exec "$1" "$2" "$0"`,
    runFolder,
    process.execPath,
    program,
  ]
  const { stdout, stderr } = spawnSync(shell, rest, { encoding: 'utf8' })
  if (stdout === '') throw new Error(`the program said nothing: ${stderr}`)
  return JSON.parse(stdout) as Outcome
}

const expectSafe = ({ error, left, latest }: Outcome, cause: RegExp) => {
  expect(error?.code).toBe('storage')
  expect(error?.message).toMatch(/writing the checkpoint of iteration 2 into .*, which needs 4,000,000 bytes, failed/)
  expect(error?.message).toMatch(cause)
  expect(left).toEqual(['checkpoint-00000001'])
  expect(latest).toBe('checkpoint-00000001')
}

describe.skipIf(process.platform === 'win32')('a checkpoint that does not fit', () => {
  it('is written where there is room', () => {
    expect(run('room', 'true')).toEqual({
      error: null,
      left: ['checkpoint-00000001', 'checkpoint-00000002'],
      latest: 'checkpoint-00000002',
    })
  })

  it('beyond the limit on the size of files leaves the one before', () => {
    expectSafe(run('limit', 'ulimit -f 1000'), /\(EFBIG\): the file is larger than this system allows/)
  })

  it.skipIf(reason !== '')(
    `on a full disk leaves the one before${reason && ` (skipped, no file system can be mounted: ${reason})`}`,
    () => {
      expectSafe(
        run('disk', 'mount -t tmpfs -o size=1m none "$0"', 'unshare', '-rm'),
        /\(ENOSPC\): the disk is full: free some space/,
      )
    },
  )
})
