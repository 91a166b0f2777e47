/** What the reliability scripts share: the built program in a folder of its own, random numbers that repeat, and reading what runs left. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import Database from 'better-sqlite3'
import { writeTinyModel } from '../../tests/support/model-folder'

/** The package: from the bundle in out/scripts. */
const root = resolve(import.meta.dirname, '../..')

/** Numbers of the command line, as `--kills 1000`, with their defaults. */
export function numbersOf<K extends string>(defaults: Readonly<Record<K, number>>): Record<K, number> {
  const names = Object.keys(defaults) as K[]
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]))
  const { values } = parseArgs({ options, strict: false })
  return Object.fromEntries(
    names.map((name) => {
      const number = Number(values[name] ?? defaults[name])
      if (!Number.isFinite(number) || number < 0) throw new Error(`--${name} is ${values[name]}: give a number`)
      return [name, number]
    }),
  ) as Record<K, number>
}

/** Mulberry32: the same numbers in [0, 1) for the same seed. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Builds the program as it is now into a folder of its own, so that later changes do not reach it. @returns the entry of `gpo` */
export function buildFrozen(name = 'kills'): string {
  const out = join(root, 'out/reliability', name)
  const args = [join(root, 'node_modules/electron-vite/bin/electron-vite.js'), 'build', '--logLevel', 'error']
  const { status } = spawnSync(process.execPath, [...args, '--outDir', out], { cwd: root, stdio: 'inherit' })
  if (status !== 0) throw new Error('the program could not be built')
  return join(out, 'main/headless.cjs')
}

/** A new folder, with the random model of 2 layers that tests use, rows, and a plan that trains for `iterations`. */
export function prepareWork(iterations: number, changes: object = {}): { folder: string; plan: string } {
  const folder = mkdtempSync(join(tmpdir(), 'gpo-reliability-'))
  const model = writeTinyModel(join(folder, 'model'))
  const rows = Array.from({ length: 8 }, (_, i) => JSON.stringify({ prompt: `${i}+${i}=`, answer: 'e' }))
  writeFileSync(join(folder, 'rows.jsonl'), `${rows.join('\n')}\n`)
  const plan = {
    seed: 3,
    backend: 'onnx',
    model: { path: model },
    data: { train: { path: join(folder, 'rows.jsonl') } },
    verifier: { kind: 'regex', pattern: '[et]' },
    adaptation: { kind: 'full' },
    objective: { kind: 'ppo' },
    gpo: { samples: 2, segmentation: { minStepTokens: 3, splitter: 'window', windowTokens: 4 } },
    rollout: { maxNewTokens: 12, lanes: 32 },
    optimiser: { learningRate: 1e-3 },
    checkpoint: { everyIterations: 1, keepLast: 2 },
    budget: { iterations, promptsPerIteration: 4, trainedPerPrompt: 2 },
    ...changes,
  }
  writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan))
  return { folder, plan: join(folder, 'plan.json') }
}

export interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly said: string
}

/** Starts `gpo` with a data folder. */
export function startGpo(
  entry: string,
  home: string,
  ...args: readonly string[]
): { child: ChildProcess; ended: Promise<Ended> } {
  mkdirSync(home, { recursive: true })
  const child = spawn(process.execPath, [entry, ...args], {
    cwd: dirname(entry),
    env: { ...process.env, GPO_STUDIO_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  const hear = (piece: Buffer) => {
    said = (said + piece.toString('utf8')).slice(-5000)
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const ended = new Promise<Ended>((resolve) => child.once('close', (code, signal) => resolve({ code, signal, said })))
  return { child, ended }
}

/** The processes that a process has started; Linux. */
export function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

/** What SQLite says of the database's pages and keys; empty if it is sound. */
export function faultsOf(home: string): string[] {
  const db = new Database(join(home, 'runs.db'))
  try {
    const pages = db.pragma('integrity_check') as { integrity_check: string }[]
    const keys = db.pragma('foreign_key_check') as unknown[]
    return [
      ...pages.map((one) => one.integrity_check).filter((one) => one !== 'ok'),
      ...keys.map((one) => JSON.stringify(one)),
    ]
  } finally {
    db.close()
  }
}

/** The tensors of the newest checkpoint of the only run, file by file. */
export function newestTensors(home: string): Record<string, Buffer> {
  const [run = ''] = readdirSync(join(home, 'runs'))
  const folder = join(home, 'runs', run)
  const newest = readdirSync(folder)
    .filter((name) => /^checkpoint-\d{8}$/.test(name))
    .toSorted()
    .at(-1)!
  const names = readdirSync(join(folder, newest)).filter((name) => name.endsWith('.safetensors'))
  return Object.fromEntries(names.map((name) => [`${newest}/${name}`, readFileSync(join(folder, newest, name))]))
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
