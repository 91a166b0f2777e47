/**
 * Sampling on servers of this machine (`gpo serve-engine`) beside our own sampler, in turns, on the same prompts: tokens a second, as ratios to our own; and
 * how far the servers' log-probabilities are from ours, on the tokens that they sampled. The servers must serve the same file, without an adapter.
 *
 * usage: node scripts/run.mjs bench/serve-engine.ts MODEL.gguf URL [URL …]
 * PROMPTS, SAMPLES, TOKENS, ROUNDS in the environment.
 */
import { openBackend } from '@engine/devices/choose'
import { createScorer } from '@engine/policy/score'
import { createSampler } from '@engine/rollout/sampler'
import type { Continuation, RolloutEngine } from '@main/engines/engine'
import { createFleet } from '@main/engines/fleet'
import { openEngine } from '@main/engines/open'
import { hashOf } from '@main/engines/routing'
import { readModelConfig } from '@main/formats/model-config'
import { loadWeights } from '@main/formats/weights'
import { loadDataset } from '@main/library/datasets/load'
import { datasetPath } from '@main/paths'
import { loadTokenizer } from '@main/text/tokenizer/tokenizer'
import { median } from './statistics'

const [model = '', ...urls] = process.argv.slice(2)
const setting = (name: string, usual: number) => Number(process.env[name] ?? usual)
const [prompts, samples, tokens, rounds] = [
  setting('PROMPTS', 4),
  setting('SAMPLES', 4),
  setting('TOKENS', 16),
  setting('ROUNDS', 3),
]

const config = readModelConfig(model)
const tokenizer = loadTokenizer(model)
const { examples } = await loadDataset(datasetPath('bundled:word-problems'))
const prefixes = examples.slice(0, prompts).map(({ prompt }) => Int32Array.from(tokenizer.encode(String(prompt))))
/** None: every continuation has the same length. */
const limits = { maxNewTokens: tokens, temperature: 1, topP: 1, topK: 0, stopTokens: [] }
const seeds = (round: number) => Array.from({ length: samples }, (_, i) => 1000 * round + i)

const backend = await openBackend('onnx')
const params = Object.fromEntries(
  [...loadWeights(model, config)].map(([name, { shape, data }]) => [name, backend.tensor(data, shape)]),
)
const sampler = createSampler(backend, config)

async function here(round: number): Promise<number> {
  const blocks = await sampler.prefill(params, prefixes)
  const requests = blocks.flatMap((block, i) =>
    seeds(round).map((seed) => ({
      ...{ start: { block, length: prefixes[i]!.length }, seed: seed + 100 * i, maxNewTokens: tokens },
    })),
  )
  const done = await sampler.sample(params, requests, { ...limits, lanes: requests.length })
  return done.reduce((sum, one) => sum + one.tokens.length, 0)
}

const engines = await Promise.all(urls.map((address) => openEngine({ address, key: null }, config.vocabSize)))
const answers: { prefix: Int32Array; one: Continuation }[] = []

async function servers(some: readonly RolloutEngine[], round: number): Promise<number> {
  const members = some.map((engine) => ({
    name: engine.name,
    engine,
    revive: (signal: AbortSignal) => engine.health(signal),
  }))
  const fleet = createFleet(members, { inFlight: 2, attemptMs: 120_000, totalMs: 130_000 }, console.error)
  const items = prefixes.map((prefix, i) => ({ key: String(i), affinity: hashOf(prefix), prefix }))
  const results = await fleet.run(items, ({ engine }, { prefix }, signal) =>
    engine.sample({ prefix, seeds: seeds(round), limits, policy: null }, signal),
  )
  fleet.close()
  const done = results.flatMap(({ result }, i) => result.map((one) => ({ prefix: prefixes[i]!, one })))
  answers.push(...done)
  return done.reduce((sum, { one }) => sum + one.tokens.length, 0)
}

async function speed(work: () => Promise<number>): Promise<number> {
  const begin = performance.now()
  const count = await work()
  return (1000 * count) / (performance.now() - begin)
}

const own: number[] = []
const theirs: number[][] = engines.map(() => [])
await here(rounds) // compiles
await servers(engines, rounds)
for (let round = 0; round < rounds; round++) {
  own.push(await speed(() => here(round)))
  for (const [i, speeds] of theirs.entries()) speeds.push(await speed(() => servers(engines.slice(0, i + 1), round)))
}

const scorer = createScorer(backend, config, { maxTokens: 1024, temperature: 1 })
const scored = await scorer.logps(
  params,
  answers.map(({ prefix, one }) => ({ ids: Int32Array.from([...prefix, ...one.tokens]), start: prefix.length })),
)
const differences = answers.flatMap(({ one }, i) => Array.from(one.logprobs, (logprob, t) => logprob - scored[i]![t]!))
const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length
const surprise = -mean(scored.flatMap((one) => [...one]))
const absolute = differences.map(Math.abs)
console.log(
  JSON.stringify({
    ...{ model, prompts, samples, tokens, rounds },
    speeds: { own, servers: theirs },
    ratios: theirs.map((speeds) => ({
      median: median(speeds.map((one, round) => one / own[round]!)),
      all: speeds.map((one, round) => one / own[round]!),
    })),
    logprobs: {
      ...{ tokens: differences.length, surprise, bias: mean(differences), mean: mean(absolute) },
      ...{ relative: mean(absolute) / surprise, largest: absolute.reduce((a, b) => Math.max(a, b), 0) },
    },
  }),
)
await backend.close()
