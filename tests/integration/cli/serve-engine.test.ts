/**
 * `gpo serve-engine` with a real model: its log-probabilities are those of `gpo score`, the same request has the same answer, and an adapter that is loaded
 * changes it. Skipped without GPO_LLAMA, a folder where node-llama-cpp is installed, and the model (scripts/fetch-real-model.mjs).
 */
import { existsSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { openEngine } from '@main/engines/open'
import { loadTokenizer } from '@main/text/tokenizer/tokenizer'
import type { ScoreResult } from '@main/workers/results'
import { expect, test } from 'vitest'
import { expectFailure, gpo, jsonLines, planOf, start, temporaryFolder, until, writePlan } from '../../support/gpo'

const llama = process.env['GPO_LLAMA'] ?? ''
const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'gpo-studio', 'real-models')
const base = join(cache, 'SmolLM2-135M-Instruct.Q4_1.gguf')
const isInstalled = existsSync(join(llama, 'node_modules/node-llama-cpp/package.json'))
const why = isInstalled ? (existsSync(base) ? '' : ' (skipped: no model)') : ' (skipped: no GPO_LLAMA)'

const PROMPT = 'A farmer has 12 cows and buys 5 more. How many cows does the farmer have?\n'
const soon = () => AbortSignal.timeout(120_000)

test('without llama.cpp, the command says what to install', async () => {
  const home = temporaryFolder()
  const ended = await gpo(home, 'serve-engine', base, '--engine-package', home)
  expectFailure(ended, 8, `npm install --prefix ${home} node-llama-cpp`)
})

/** An adapter of one step of training, as GGUF. */
async function adapter(home: string): Promise<string> {
  const rows = join(home, 'pairs.jsonl')
  writeFileSync(rows, JSON.stringify({ prompt: PROMPT, chosen: 'SEVENTEEN COWS.', rejected: 'I do not know.' }))
  const plan = planOf(rows, {
    objective: { kind: 'dpo' },
    model: { path: base },
    adaptation: { kind: 'lora', r: 4 },
    gpo: { criticalStep: 'none' },
    optimiser: { learningRate: 5e-3 },
    budget: { iterations: 2, promptsPerIteration: 1 },
  })
  expect((await gpo(home, 'train', writePlan(home, plan), '--json')).code).toBe(0)
  const out = join(home, 'lora.gguf')
  expect((await gpo(home, 'export', 'last', '--out', out, '--format', 'gguf-adapter')).code).toBe(0)
  return out
}

test.skipIf(why !== '')(`samples as the model is, base and adapter${why}`, { timeout: 600_000 }, async () => {
  const home = temporaryFolder()
  const server = start(home, ['serve-engine', base, '--json', '--threads', '1', '--lanes', '2', '--context', '128'])
  try {
    await until(() => server.said().stdout.includes('\n') || server.child.exitCode !== null, 'the address')
    const { url } = JSON.parse(server.said().stdout) as { url: string }
    const tokenizer = loadTokenizer(base)
    const engine = await openEngine({ address: url, key: null }, tokenizer.vocabSize)
    const limits = { maxNewTokens: 24, temperature: 1, topP: 1, topK: 0, stopTokens: [...tokenizer.eosTokenIds] }
    const prefix = Int32Array.from(tokenizer.encode(PROMPT))
    const asked = { prefix, seeds: [1, 2, 1], limits, policy: null }
    const [first, other, same] = await engine.sample(asked, soon())
    expect(same!.tokens[0]).toBe(first!.tokens[0]) // what was cached before may change the last bits, and a later token with them
    expect(other!.tokens).not.toEqual(first!.tokens)

    const greedy = { ...asked, seeds: [1], limits: { ...limits, temperature: 0 } }
    const [text] = await engine.sample(greedy, soon())
    const completion = tokenizer.decode([...text!.tokens])
    const args = ['score', '--model', base, '--prompt', PROMPT, '--completion', completion, '--json']
    const [score] = jsonLines<ScoreResult>(await gpo(home, ...args))
    expect(score!.tokens).toEqual([...prefix, ...text!.tokens])
    const differences = score!.logprobs.map((logprob, i) => Math.abs(logprob - text!.logprobs[i]!))
    const mean = differences.reduce((sum, one) => sum + one, 0) / differences.length
    const surprise = -score!.logprobs.reduce((sum, one) => sum + one, 0) / differences.length
    console.info(`mean −log p ${surprise}, mean difference ${mean}, largest ${Math.max(...differences)}`)
    expect(mean / surprise).toBeLessThan(0.18) // the products are of blocks of 8 bits

    const policy = { name: 'v1', version: 1 }
    const gguf = await adapter(home)
    await engine.loadPolicy({ folder: home, gguf }, policy, soon())
    const [changed] = await engine.sample({ ...greedy, policy }, soon())
    expect(changed!.tokens).not.toEqual(text!.tokens)
    expect((await engine.sample(greedy, soon()))[0]!.tokens).toEqual(text!.tokens)
    await engine.unloadPolicy(policy, soon())
  } finally {
    server.child.kill('SIGINT')
  }
  expect(await server.ended).toMatchObject({ code: 0, signal: null })
})
