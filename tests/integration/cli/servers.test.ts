/**
 * A run whose rollouts are sampled on servers with other numerics (transformers and PEFT): one server, and three
 * of which one is killed and one hangs. Skipped without GPO_PYTHON, a Python with torch, transformers, peft, fastapi and uvicorn.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CANARY_BOUNDS } from '@shared/engines/precision'
import type { MetricsEvent, TrainerEvent } from '@shared/schemas/events'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Ended, gpo, jsonLines, start, temporaryFolder, writePlan } from '../../support/gpo'
import { startServer, type TestServer, TINY } from '../../support/vllm-subset'

const candidate = process.env['GPO_PYTHON']
const needs = 'import torch, transformers, peft, fastapi, uvicorn'
const python = candidate && spawnSync(candidate, ['-c', needs]).status === 0 ? candidate : undefined
const skipped = python ? '' : ' (skipped: no GPO_PYTHON with fastapi)'

const running: TestServer[] = []
afterAll(() => {
  for (const { process } of running) process.kill('SIGKILL')
})
async function serve(...options: string[]): Promise<TestServer> {
  const server = await startServer(python!, options)
  running.push(server)
  return server
}

const planWith = (engines: readonly string[], more: object = {}) => ({
  seed: 3,
  model: { path: TINY },
  data: { train: { path: 'bundled:chain-arithmetic' } },
  verifier: { kind: 'number' as const },
  adaptation: { kind: 'lora' as const, r: 4 },
  objective: { kind: 'grpo' as const },
  gpo: { when: 'decided' as const, samples: 2 },
  rollout: {
    ...{ maxNewTokens: 40, lanes: 64, engines: [...engines], enginePrecision: 'float32' as const, engineRequests: 2 },
    ...{ engineAttemptSeconds: 12, engineGiveUpSeconds: 90, ...more },
  },
  optimiser: { learningRate: 1e-3 },
  budget: { iterations: 3, promptsPerIteration: 6, trainedPerPrompt: 4, microbatchTokens: 4096 },
  checkpoint: { everyIterations: 3 },
  backend: 'onnx' as const,
})

const args = (home: string, engines: readonly string[], more?: object) => [
  'train',
  writePlan(home, planWith(engines, more)),
  '--json',
]

const metricsOf = (ended: Ended) =>
  jsonLines<TrainerEvent>(ended).filter((event): event is MetricsEvent => event.type === 'metrics')

/** The trained adapter of the run's last checkpoint. */
function trained(home: string, ended: Ended): Buffer {
  const { run } = jsonLines<{ run: string }>(ended)[0]!
  return readFileSync(join(home, 'runs', run, 'checkpoint-00000003', 'trainable.safetensors'))
}

/** One update is enough for what is wrong with a server to show. */
const QUICK = ['--set', 'budget.iterations=2', '--set', 'optimiser.learningRate=0.01']

describe.skipIf(!python)(`a run on servers${skipped}`, () => {
  const home = temporaryFolder()
  let alone: Ended
  let one: TestServer
  beforeAll(async () => {
    one = await serve()
    alone = await gpo(home, ...args(home, [one.address]))
  }, 300_000)

  it('has the log-probabilities of another program within a thousandth of a nat, and follows every update', async () => {
    expect(alone.stderr).not.toMatch(/sampl(ing|ed) server/)
    expect(alone.code).toBe(0)
    const metrics = metricsOf(alone)
    expect(metrics).toHaveLength(3)
    for (const { values } of metrics) {
      expect(values['sampler/logp_difference']).toBeLessThan(1e-3)
      expect(values['sampler/staleness']).toBe(0)
      expect(values['sampler/clipped']).toBe(0)
      expect(values['sampler/effective']).toBeGreaterThan(0.999)
    }
    expect(await one.state()).toMatchObject({ adapters: [] }) // all unloaded at the end
  })

  it('records who sampled, with which version', () => {
    const db = new Database(join(home, 'runs.db'), { readonly: true })
    const rows = db.prepare('SELECT DISTINCT iteration, engine, policy_version AS version FROM trajectories').all()
    db.close()
    expect(rows).toEqual([1, 2, 3].map((iteration) => ({ iteration, engine: one.address, version: iteration - 1 })))
  })

  it('loses nothing and does nothing twice when one of three servers is killed and one hangs: the trained weights are the same', async () => {
    const [second, third] = await Promise.all([serve(), serve()])
    const other = temporaryFolder()
    const run = start(other, args(other, [one.address, second.address, third.address]))
    await expect.poll(async () => (await second.state()).requests, { timeout: 90_000, interval: 50 }).toBeGreaterThan(5)
    second.process.kill('SIGKILL')
    await third.hang()
    const ended = await run.ended
    expect(ended.code).toBe(0)
    expect(trained(other, ended).equals(trained(home, alone))).toBe(true)
    const [before, after] = [alone, ended].map((each) =>
      metricsOf(each).map(({ values }) => values['gpo/generated_tokens']),
    )
    expect(after).toEqual(before)
    const progress = jsonLines<TrainerEvent>(ended).flatMap((event) =>
      event.type === 'phase' ? (event.servers ?? []) : [],
    )
    expect(new Set(progress.map(({ name }) => name))).toEqual(
      new Set([one, second, third].map(({ address }) => address)),
    )
    const killed = progress.findLast(({ name }) => name === second.address)!
    expect(killed.failed).toBeGreaterThan(0)
    expect(killed.problem).toMatch(/./)
    const whole = progress.findLast(({ name }) => name === one.address)!
    expect(whole).toMatchObject({ isResting: false, inFlight: 0 })
    expect(whole.tokens).toBeGreaterThan(whole.done) // a request has several continuations
  }, 300_000)

  it.each(['base', 'stale', 'temperature', 'prefix', 'quantised'])(
    'refuses a server that is wrong: %s',
    async (how) => {
      const server = how === 'quantised' ? await serve('--wrong', how) : one
      if (how !== 'quantised') await server.goWrong(how)
      const strict = { engineGiveUpSeconds: 2, enginePrecision: 'bits16' }
      const ended = await gpo(home, ...args(home, [server.address], strict), ...QUICK)
      expect(ended.code).not.toBe(0)
      const said = /differ from the trainer's by ([\d.e+]+) % \(([\d.e-]+) nats on average over \d+ tokens\)/.exec(
        ended.stderr,
      )
      expect(Number(said?.[1]), ended.stderr).toBeGreaterThan(100 * CANARY_BOUNDS.bits16)
      console.info(`${how}: ${said?.[1]} %, ${said?.[2]} nats a token`)
    },
    120_000,
  )
})
