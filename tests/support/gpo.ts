/** Runs the built `gpo` command in a separate home folder, and reads the files it wrote. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EvaluationRecord, TrainerEvent } from '@shared/schemas/events'
import type { PlanInput } from '@shared/schemas/plan'
import type { MetricSummary, RunRecord } from '@shared/schemas/run'
import Database from 'better-sqlite3'
import { afterAll, expect, inject } from 'vitest'
import './provided'

export interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

export interface Started {
  readonly child: ChildProcess
  /** Everything it wrote so far. */
  readonly said: () => { readonly stdout: string; readonly stderr: string }
  readonly ended: Promise<Ended>
}

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A folder that is removed after the file's tests. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gpo-test-'))
  folders.push(folder)
  return folder
}

/** @param shell a shell command that ends with `exec "$@"`, to change limits first */
export function start(home: string, args: readonly string[], shell?: string): Started {
  const command = [process.execPath, inject('program'), ...args]
  const [file = '', ...rest] = shell === undefined ? command : ['bash', '-c', shell, 'bash', ...command]
  const child = spawn(file, rest, { env: { ...process.env, GPO_STUDIO_HOME: home }, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  return { child, said: () => ({ stdout, stderr }), ended }
}

export const gpo = (home: string, ...args: readonly string[]): Promise<Ended> => start(home, args).ended

/** Standard output as JSON Lines; a line that is not JSON fails. */
export function jsonLines<T>({ stdout }: Pick<Ended, 'stdout'>): T[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T)
}

/** Checks a failure: the documented code, one message without a stack trace, nothing on standard output. */
export function expectFailure(ended: Ended, code: number, ...messages: readonly (RegExp | string)[]): void {
  expect(ended.stderr).not.toMatch(/^\s+at /m)
  expect(ended.stderr).not.toMatch(/unexpected error|undefined|\[object/)
  for (const message of messages) expect(ended.stderr).toMatch(message)
  expect(ended.code).toBe(code)
}

export interface Shown extends RunRecord {
  readonly evaluations: readonly EvaluationRecord[]
  readonly checkpoints: readonly { readonly iteration: number; readonly path: string }[]
  readonly metrics: readonly MetricSummary[]
}

/** `gpo show RUN --json`. */
export async function show(home: string, run = 'last'): Promise<Shown> {
  const ended = await gpo(home, 'show', run, '--json')
  expect(ended.stderr).toBe('')
  return jsonLines<Shown>(ended)[0]!
}

export type TrainLine = TrainerEvent & { readonly run: string }

/** Sums whose answer is "e": the verifier below takes the last e or t of a completion, so that chance is right now and then. */
export function writeRows(folder: string, name = 'rows.jsonl', count = 8): string {
  const file = join(folder, name)
  const rows = Array.from({ length: count }, (_, i) => JSON.stringify({ prompt: `${i}+${i}=`, answer: 'e' }))
  writeFileSync(file, `${rows.join('\n')}\n`)
  return file
}

type Changes = Partial<PlanInput> & Pick<PlanInput, 'objective'>

/** A plan of 2 iterations that takes a second or two. */
export function planOf(rows: string, changes: Changes): PlanInput {
  return {
    seed: 3,
    backend: 'onnx',
    model: { path: inject('model') },
    data: { train: { path: rows } },
    verifier: { kind: 'regex', pattern: '[et]' },
    adaptation: { kind: 'full' },
    gpo: { samples: 2, segmentation: { minStepTokens: 3, splitter: 'window', windowTokens: 4 } },
    rollout: { maxNewTokens: 12, lanes: 32 },
    optimiser: { learningRate: 1e-3 },
    checkpoint: { everyIterations: 1, keepLast: 10 },
    ...changes,
    budget: { iterations: 2, promptsPerIteration: 4, trainedPerPrompt: 2, ...changes.budget },
  }
}

export function writePlan(folder: string, plan: unknown, name = 'plan.json'): string {
  const file = join(folder, name)
  writeFileSync(file, JSON.stringify(plan, null, 2))
  return file
}

/** The database opens and its pages and indexes agree. */
export function expectSoundDatabase(home: string): void {
  const db = new Database(join(home, 'runs.db'))
  try {
    expect(db.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }])
    expect(db.pragma('foreign_key_check')).toEqual([])
  } finally {
    db.close()
  }
}

/** A run's metrics by name and iteration, without those that are times, rates and memory. */
export function metricsOf(home: string, run: string): Record<string, Record<number, number>> {
  const db = new Database(join(home, 'runs.db'), { readonly: true })
  try {
    const rows = db
      .prepare(
        `SELECT n.name, m.iteration, m.value FROM metrics AS m JOIN metric_names AS n ON n.id = m.name
           WHERE m.run = (SELECT key FROM runs WHERE id = ?) ORDER BY n.name, m.iteration`,
      )
      .all(run) as { name: string; iteration: number; value: number }[]
    const metrics: Record<string, Record<number, number>> = {}
    for (const { name, iteration, value } of rows) {
      if (/^time\/|^system\/|^step_time$|^gpo\/overhead$/.test(name)) continue
      metrics[name] ??= {}
      metrics[name][iteration] = value
    }
    return metrics
  } finally {
    db.close()
  }
}

/** Bytes of a checkpoint's tensors. */
export function tensorsOf(folder: string): Record<string, Buffer> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.safetensors'))
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name))]))
}

/** What is in a run's folder besides its log, checkpoints by their names. */
export const filesOf = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name !== 'trainer.log')
    .toSorted()

/** Waits until `isSo`, at most a minute. */
export async function until(isSo: () => boolean, what: string): Promise<void> {
  const begin = Date.now()
  while (!isSo()) {
    if (Date.now() - begin > 120_000) throw new Error(`waited two minutes in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
