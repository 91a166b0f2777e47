/**
 * llama.cpp, through @fugood/llama.node, decoding parallel sequences: `node llama-peer.mjs FOLDER MODEL LANES STEPS`, where FOLDER has the package in its
 * node_modules. Answers each line of standard input with {"seconds", "tokens"}: those after every sequence has its first token, so that the prompts'
 * prefill is not counted. Greedy: sorting 49,152 candidates for each token would take it longer than the model.
 */
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const [folder, model, ...sizes] = process.argv.slice(2)
const [lanes, steps] = sizes.map(Number)
const PROMPT = 'The quick brown fox jumps over the lazy dog and runs through the quiet forest.'

const { loadModel, toggleNativeLog } = createRequire(join(folder, 'package.json'))('@fugood/llama.node')
await toggleNativeLog(false)
const context = await loadModel({
  model,
  n_ctx: lanes * (steps + 64),
  n_batch: 512,
  n_parallel: lanes,
  n_threads: availableParallelism(),
  n_gpu_layers: 0,
})
await context.parallel.enable({ n_parallel: lanes, n_batch: 512 })

async function decode(round) {
  const started = new Set()
  let begin = 0
  let tokens = 0
  const note = (id) => {
    if (begin > 0) tokens++
    started.add(id)
    if (started.size === lanes && begin === 0) begin = performance.now()
  }
  const options = {
    prompt: PROMPT,
    n_predict: steps + 1,
    temperature: 0,
    ignore_eos: true,
  }
  const requests = Array.from({ length: lanes }, async (_, i) => {
    const { promise } = await context.parallel.completion({ ...options, seed: round * lanes + i + 1 }, note)
    return promise
  })
  await Promise.all(requests)
  return { seconds: (performance.now() - begin) / 1000, tokens }
}

let round = 0
for await (const _ of createInterface({ input: process.stdin })) {
  process.stderr.write('') // the library logs there
  process.stdout.write(`\u0001${JSON.stringify(await decode(round++))}\n`)
}
process.exit(0)
