/**
 * Many sequences × cached decode steps, sampled at temperature 1, through rollout/sampler as training uses it. PyTorch eager does the
 * same with a preallocated cache and torch.multinomial, in turns with ours. Neither time includes the prompt's prefill. Greedy tokens of both
 * must agree.
 */

import { openBackend } from '@engine/devices/choose'
import { productCeiling, reached, tokenOperations } from '../ceiling'
import { type BenchModel, benchModel, type ModelName, modelNames } from '../models'
import { type Peer, startPeer } from '../peer/peer'
import { compare, median, milliseconds, rounded, sum } from '../statistics'
import { timed } from '../timed'
import { type DecodeSize, decodingWork, promptOf } from './work'

const WARMUP = 2

const sizes = ({ isLarge }: BenchModel): DecodeSize & { readonly rounds: number } =>
  isLarge ? { lanes: 32, steps: 32, rounds: 8 } : { lanes: 128, steps: 64, rounds: 20 }

interface Pass {
  readonly seconds: number
  /** Of one sequence. */
  readonly tokens: readonly number[]
  /** Seconds in the model's program; unknown for the peer. */
  readonly model: number
}

type Decoder = (isGreedy: boolean, seed: number) => Promise<Pass>

async function ourDecoder(model: BenchModel, size: DecodeSize): Promise<Decoder> {
  const { backend, secondsOf, clear } = timed(await openBackend('onnx'))
  const decode = await decodingWork(backend, model, size)
  return async (isGreedy, seed) => {
    clear()
    const begin = performance.now()
    const tokens = await decode(isGreedy, seed)
    const seconds = (performance.now() - begin) / 1000
    const inModel = sum(secondsOf('decode')) + sum(secondsOf('first-token'))
    const { length } = secondsOf('decode')
    if (length !== size.steps) throw new Error(`${length} steps instead of ${size.steps}`)
    return { seconds, model: inModel, tokens }
  }
}

async function peerDecoder(peer: Peer, model: BenchModel, { lanes, steps }: DecodeSize): Promise<Decoder> {
  await peer.load(model)
  await peer.ask({ do: 'prepare_decode', prompt: [...promptOf(model)], lanes, steps })
  return async (greedy) => {
    const { seconds, tokens } = await peer.ask({ do: 'decode', greedy, lanes, steps })
    return { seconds: Number(seconds), model: 0, tokens: (tokens ?? []) as number[] } // a list where greedy
  }
}

function checkGreedy([ours, theirs]: readonly Pass[]): void {
  if (!ours || !theirs || String(ours.tokens) === String(theirs.tokens)) return
  throw new Error(`greedy tokens differ: ours ${ours.tokens}, PyTorch's ${theirs.tokens}: the work is not the same`)
}

function summary(passes: readonly Pass[], { lanes, steps }: DecodeSize) {
  const seconds = passes.map((pass) => pass.seconds)
  return { passMs: milliseconds(seconds), tokensPerSecond: Math.round((lanes * steps) / median(seconds)) }
}

async function measure(model: BenchModel, peer: Peer | null, ceiling: number): Promise<object> {
  const { rounds: count, ...size } = sizes(model)
  const decoders = [await ourDecoder(model, size), ...(peer ? [await peerDecoder(peer, model, size)] : [])]
  const greedy: Pass[] = []
  for (const decode of decoders) greedy.push(await decode(true, 0))
  checkGreedy(greedy)
  for (const decode of decoders) for (let i = 0; i < WARMUP; i++) await decode(false, i)
  const rounds: Pass[][] = decoders.map(() => [])
  for (let round = 0; round < count; round++) {
    for (const [i, decode] of decoders.entries()) rounds[i]!.push(await decode(false, round))
  }
  process.stderr.write(`  ${model.name}: ${count} rounds\n`)
  const [ours, theirs] = rounds as [Pass[], Pass[] | undefined]
  const inModel = rounded(median(ours.map((pass) => pass.model / pass.seconds)))
  const work = `${size.lanes} sequences × ${size.steps} steps after a prompt of 16 tokens; ${count} rounds, in turns`
  const operations = size.lanes * size.steps * tokenOperations(model, 'forward')
  const reach = reached(operations, median(ours.map((pass) => pass.model)), ceiling)
  const result = { model: model.name, work, ours: { ...summary(ours, size), inModel, modelReaches: reach } }
  if (!theirs) return { ...result, peer: null }
  const times = (passes: readonly Pass[]) => passes.map(({ seconds }) => [seconds])
  return { ...result, peer: summary(theirs, size), decode: compare(times(ours), times(theirs)) }
}

export async function run(wanted: readonly ModelName[]): Promise<object> {
  const peer = await startPeer()
  const isMissing = typeof peer === 'string'
  const models: object[] = []
  const ceiling = await productCeiling()
  for (const name of modelNames(wanted)) models.push(await measure(benchModel(name), isMissing ? null : peer, ceiling))
  if (isMissing) return { peer: null, reason: peer, models }
  peer.close()
  return { peer: peer.description, target: 2, models }
}
