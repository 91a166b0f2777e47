/** `gpo collect`: without training, into shards that survive kills, and the same records as an export. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { collectionReadme } from '@main/export/collection/readme'
import { expect, it } from 'vitest'
import {
  expectFailure,
  expectSoundDatabase,
  gpo,
  jsonLines,
  planOf,
  show,
  start,
  temporaryFolder,
  until,
  writePlan,
  writeRows,
} from '../../support/gpo'

const ROWS = 60
const PROMPTS = 2
const SHARDS = ROWS / PROMPTS
const KILLS = 10
/** Rollouts from each critical state: more than the values' two samples. */
const GROUP = 3

const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')
const shardsIn = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((name) => name.endsWith('.gz'))
      .map((name) => [name, sha256(join(folder, name))]),
  )
const linesOf = (path: string): Record<string, unknown>[] =>
  gunzipSync(readFileSync(path))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

const home = temporaryFolder()
const rows = writeRows(home, 'rows.jsonl', ROWS)
// A plan that trains: collecting takes what it says about sampling, and leaves the rest.
const plan = planOf(rows, {
  objective: { kind: 'grpo' },
  budget: { promptsPerIteration: PROMPTS, trainedPerPrompt: GROUP },
})
const file = writePlan(home, { ...plan, gpo: { ...plan.gpo, criticalStep: 'undecided' } })
const whole = join(home, 'whole')

it('collects every row once, with values, advantages and pairs', async () => {
  const ended = await gpo(home, 'collect', file, '--out', whole, '--json')
  expect(ended.code).toBe(0)
  const said = jsonLines<{ trajectories?: number; shards?: number; continuations?: number }>(ended).at(-1)!
  expect(said).toMatchObject({ trajectories: ROWS, shards: SHARDS })
  const found = readdirSync(whole).filter((name) => name.startsWith('trajectories-'))
  expect(found).toHaveLength(SHARDS)
  const trajectories = found.flatMap((name) => linesOf(join(whole, name)))
  expect(new Set(trajectories.map(({ row }) => row)).size).toBe(ROWS)
  const after = trajectories.flatMap(({ critical, continuations }) => {
    const step = (critical as { step: number } | null)?.step
    return step === undefined
      ? []
      : [(continuations as { state: number }[]).filter(({ state }) => state === step).length]
  })
  expect(after.length).toBeGreaterThan(0)
  expect(after.every((count) => count >= GROUP)).toBe(true)
  const valued = trajectories.filter(({ states }) => (states as unknown[]).length > 0)
  expect(valued.length).toBeGreaterThan(0)
  for (const { states, steps, advantages, continuations } of valued as Record<string, unknown[]>[]) {
    expect(states).toHaveLength(steps!.length + 1)
    expect(advantages).toHaveLength(steps!.length)
    for (const state of states as { value: number | null; interval: [number, number] }[]) {
      if (state.value === null) continue
      expect(state.interval[0]).toBeLessThanOrEqual(state.value)
      expect(state.interval[1]).toBeGreaterThanOrEqual(state.value)
    }
    expect((continuations as { trained: boolean }[]).every(({ trained }) => !trained)).toBe(true)
  }
  const continued = trajectories.reduce((sum, { continuations }) => sum + (continuations as unknown[]).length, 0)
  expect(said.continuations).toBe(continued)
  const sums = readFileSync(join(whole, 'SHA256SUMS'), 'utf8').trimEnd().split('\n')
  expect(sums).toHaveLength(2 * SHARDS + 1)
  for (const line of sums) expect(sha256(join(whole, line.slice(66)))).toBe(line.slice(0, 64))
  expect(readFileSync(join(whole, 'README.md'), 'utf8')).toBe(collectionReadme((await show(home)).name))
})

it('keeps no weights, and evaluates with the model it began with', async () => {
  const { id, checkpoints, metrics } = await show(home)
  expect(checkpoints.length).toBeGreaterThan(0)
  expect(metrics.map(({ name }) => name)).not.toContain('time/update')
  const refused = await gpo(home, 'export', id, '--out', join(home, 'weights'))
  expectFailure(refused, 2, /trained nothing/)
  const [ofRun, ofModel] = await Promise.all([
    gpo(home, 'score', '--model', id, '--prompt', '1+1=', '--completion', ' e', '--json'),
    gpo(home, 'score', '--model', plan.model.path, '--prompt', '1+1=', '--completion', ' e', '--json'),
  ])
  expect(ofRun.code).toBe(0)
  expect(ofRun.stdout).toBe(ofModel.stdout)
})

it(`has the same shards after ${KILLS} kills at random moments`, { timeout: 600_000 }, async () => {
  const out = join(home, 'killed')
  const again = () => ['collect', file, '--out', out]
  for (let i = 0; i < KILLS; i++) {
    const before = existsSync(out) ? readdirSync(out).length : 0
    const { child, ended } = start(home, again())
    // While it starts or loads, or after it has written something more.
    if (i % 2 === 0) await pause(100 + 800 * Math.random())
    else {
      await until(() => existsSync(out) && readdirSync(out).length > before + 1, 'a shard is written')
      await pause(150 * Math.random())
    }
    child.kill('SIGKILL')
    expect((await ended).signal, 'it was not done yet').toBe('SIGKILL')
  }
  const ended = await gpo(home, ...again())
  expect(ended.stderr).not.toMatch(/error/i)
  expect(ended.code).toBe(0)
  expect(shardsIn(out)).toEqual(shardsIn(whole))
  expectSoundDatabase(home)
})

it('writes a damaged shard again, and leaves whole ones', async () => {
  const name = 'trajectories-000003.jsonl.gz'
  const before = shardsIn(whole)
  writeFileSync(join(whole, name), 'no shard')
  expect((await gpo(home, 'collect', file, '--out', whole)).code).toBe(0)
  expect(shardsIn(whole)).toEqual(before)
})

it('begins in a folder that has only what an ended program left, and clears it', async () => {
  const out = temporaryFolder()
  writeFileSync(join(out, 'collection.json.partial-1'), '{')
  expect((await gpo(home, 'collect', file, '--out', out)).code).toBe(0)
  expect(shardsIn(out)).toEqual(shardsIn(whole))
  expect(readdirSync(out).filter((name) => name.includes('partial'))).toEqual([])
})

it('goes on with a plan whose model is a run, which is a folder by then', async () => {
  const { id } = await show(home)
  const out = temporaryFolder()
  const from = ['collect', file, '--out', out, '--set', `model.path=run:${id}`]
  expect((await gpo(home, ...from)).code).toBe(0)
  const again = await gpo(home, ...from)
  expect(again.stderr).not.toMatch(/another plan/)
  expect(again.code).toBe(0)
})

it('refuses a folder of something else or of another plan, and leaves it as it is', async () => {
  const foreign = temporaryFolder()
  writeFileSync(join(foreign, 'letter.txt'), 'mine')
  expectFailure(await gpo(home, 'collect', file, '--out', foreign), 2, /letter|not empty/)
  expect(readdirSync(foreign)).toEqual(['letter.txt'])
  const other = await gpo(home, 'collect', file, '--out', whole, '--set', 'seed=4')
  expectFailure(other, 2, /another plan .*seed/)
  writeFileSync(join(foreign, 'collection.json'), '[[[')
  expectFailure(await gpo(home, 'collect', file, '--out', foreign), 2, /does not describe a collection/)
  const elsewhere = temporaryFolder()
  expectFailure(await gpo(elsewhere, 'collect', file, '--out', whole), 8, /not in .*runs\.db/)
})

it('exports the same shards from the recorded run, and from a run that trained', async () => {
  const out = join(home, 'exported')
  const collected = JSON.parse(readFileSync(join(whole, 'collection.json'), 'utf8')) as { run: string }
  expect((await gpo(home, 'export', collected.run, '--format', 'collection', '--out', out)).code).toBe(0)
  expect(shardsIn(out)).toEqual(shardsIn(whole))
  expect((await gpo(home, 'train', file)).code).toBe(0)
  const trained = join(home, 'trained')
  expect((await gpo(home, 'export', 'last', '--format', 'collection', '--out', trained)).code).toBe(0)
  expect(existsSync(join(trained, 'trajectories-000002.jsonl.gz'))).toBe(true)
})
