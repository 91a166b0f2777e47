/**
 * 128 sequences × 64 cached decode steps, sampled at temperature 1, through rollout/sampler as training uses it. PyTorch eager does the
 * same with a preallocated cache and torch.multinomial, in turns with ours. Neither time includes the prompt's prefill. Greedy tokens of both
 * must agree.
 */

import { hash } from '@engine/core/rng'
import { openBackend } from '@engine/devices/choose'
import { createSampler, type SamplerConfig } from '@engine/rollout/sampler'
import type { DeviceTensor } from '@engine/tensor/backend'
import { type BenchModel, benchModels } from '../models'
import { type Peer, startPeer } from '../peer/peer'
import { compare, median, milliseconds, rounded, sum } from '../statistics'
import { timed } from '../timed'

const LANES = 128
const STEPS = 64
const PROMPT = 16
const WARMUP = 2
const ROUNDS = 20
const SAMPLING: SamplerConfig = { temperature: 1, topK: 0, topP: 1, lanes: LANES, stopTokens: [] }

interface Pass {
  readonly seconds: number
  /** Of one sequence. */
  readonly tokens: readonly number[]
  /** Seconds in the model's program; unknown for the peer. */
  readonly model: number
}

type Decoder = (isGreedy: boolean, seed: number) => Promise<Pass>

async function ourDecoder({ config, weights }: BenchModel, prompt: Int32Array): Promise<Decoder> {
  const { backend, secondsOf, clear } = timed(await openBackend('onnx'))
  const params: Record<string, DeviceTensor> = Object.fromEntries(
    [...weights].map(([name, { shape, data }]) => [name, backend.tensor(data, shape)]),
  )
  const sampler = createSampler(backend, config)
  const [block] = await sampler.prefill(params, [prompt])
  const start = { block: block!, length: prompt.length } // one prompt, one block
  return async (isGreedy, seed) => {
    clear()
    // The first token comes from the prompt's last hidden vector, so one token more makes STEPS steps.
    const requests = Array.from({ length: LANES }, (_, i) => ({
      start,
      seed: seed * LANES + i,
      maxNewTokens: STEPS + 1,
    }))
    const begin = performance.now()
    const completions = await sampler.sample(params, requests, { ...SAMPLING, temperature: isGreedy ? 0 : 1 })
    const seconds = (performance.now() - begin) / 1000
    const model = sum(secondsOf('decode')) + sum(secondsOf('first-token'))
    if (secondsOf('decode').length !== STEPS) throw new Error(`${secondsOf('decode').length} steps instead of ${STEPS}`)
    return { seconds, model, tokens: [...completions[0]!.tokens] }
  }
}

async function peerDecoder(peer: Peer, model: BenchModel, prompt: Int32Array): Promise<Decoder> {
  const size = { lanes: LANES, steps: STEPS }
  await peer.load(model)
  await peer.ask({ do: 'prepare_decode', prompt: [...prompt], ...size })
  return async (greedy) => {
    const { seconds, tokens } = await peer.ask({ do: 'decode', greedy, ...size })
    return { seconds: Number(seconds), model: 0, tokens: (tokens ?? []) as number[] } // a list where greedy
  }
}

function checkGreedy([ours, theirs]: readonly Pass[]): void {
  if (!ours || !theirs || String(ours.tokens) === String(theirs.tokens)) return
  throw new Error(`greedy tokens differ: ours ${ours.tokens}, PyTorch's ${theirs.tokens}: the work is not the same`)
}

function summary(passes: readonly Pass[]) {
  const seconds = passes.map((pass) => pass.seconds)
  return { passMs: milliseconds(seconds), tokensPerSecond: Math.round((LANES * STEPS) / median(seconds)) }
}

async function measure(model: BenchModel, peer: Peer | null): Promise<object> {
  const prompt = Int32Array.from({ length: PROMPT }, (_, i) => hash(3, 0, i) % model.config.vocabSize)
  const decoders = [await ourDecoder(model, prompt), ...(peer ? [await peerDecoder(peer, model, prompt)] : [])]
  const greedy: Pass[] = []
  for (const decode of decoders) greedy.push(await decode(true, 0))
  checkGreedy(greedy)
  for (const decode of decoders) for (let i = 0; i < WARMUP; i++) await decode(false, i)
  const rounds: Pass[][] = decoders.map(() => [])
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, decode] of decoders.entries()) rounds[i]!.push(await decode(false, round))
  }
  process.stderr.write(`  ${model.name}: ${ROUNDS} rounds\n`)
  const [ours, theirs] = rounds as [Pass[], Pass[] | undefined]
  const inModel = rounded(median(ours.map((pass) => pass.model / pass.seconds)))
  const result = { model: model.name, ours: { ...summary(ours), inModel } }
  if (!theirs) return { ...result, peer: null }
  const times = (passes: readonly Pass[]) => passes.map(({ seconds }) => [seconds])
  return { ...result, peer: summary(theirs), decode: compare(times(ours), times(theirs)) }
}

export async function run(): Promise<object> {
  const peer = await startPeer()
  const models: object[] = []
  for (const model of benchModels()) models.push(await measure(model, typeof peer === 'string' ? null : peer))
  const work = `${LANES} sequences × ${STEPS} steps after a prompt of ${PROMPT} tokens; ${ROUNDS} rounds, in turns`
  if (typeof peer === 'string') return { work, peer: null, reason: peer, models }
  peer.close()
  return { work, peer: peer.description, target: 1.6, models }
}
