/**
 * Many sequences × cached decode steps, sampled at temperature 1, through rollout/sampler as training uses it. PyTorch eager does the
 * same with a preallocated cache and torch.multinomial, transformers with `generate`, and llama.cpp on the exported model, in turns with ours. No time includes
 * the prompt's prefill. Greedy tokens of those that compute with the same numbers must agree.
 */

import { openBackend } from '@engine/devices/choose'
import type { BasePrecision } from '@main/formats/narrow-weights'
import { productCeiling, reached, tokenOperations } from '../ceiling'
import { type BenchModel, benchModel, type ModelName, modelNames } from '../models'
import { type Peer, startPeer } from '../peer/peer'
import { compare, median, milliseconds, rounded, sum } from '../statistics'
import { timed } from '../timed'
import { type GgufType, llamaIsMissing, startLlama } from './llama'
import { type DecodeSize, decodingWork, promptOf } from './work'

const WARMUP = 2
/** A pass of llama.cpp takes several times as long as the others together. */
const LLAMA_ROUNDS = 2
const isSlow = ({ name }: Decoder) => name.startsWith('llama')

const sizes = ({ isLarge }: BenchModel): DecodeSize & { readonly rounds: number } =>
  isLarge ? { lanes: 32, steps: 32, rounds: 8 } : { lanes: 128, steps: 64, rounds: 20 }

interface Pass {
  readonly seconds: number
  /** Of one sequence; none where a peer does not tell. */
  readonly tokens: readonly number[]
  /** Seconds in our model's program; 0 for a peer. */
  readonly model: number
}

interface Decoder {
  readonly name: string
  decode(isGreedy: boolean, seed: number): Promise<Pass>
  close(): void
}

async function ourDecoder(model: BenchModel, size: DecodeSize, precision: BasePrecision): Promise<Decoder> {
  const { backend, secondsOf, clear } = timed(await openBackend('onnx'))
  const run = await decodingWork(backend, model, size, precision)
  const decode = async (isGreedy: boolean, seed: number) => {
    clear()
    const begin = performance.now()
    const tokens = await run(isGreedy, seed)
    const seconds = (performance.now() - begin) / 1000
    const inModel = sum(secondsOf('decode')) + sum(secondsOf('first-token'))
    const { length } = secondsOf('decode')
    if (length !== size.steps) throw new Error(`${length} steps instead of ${size.steps}`)
    return { seconds, model: inModel, tokens }
  }
  return { name: `ours, ${precision}`, decode, close: () => void backend.close() }
}

/** `decode`: our loop in PyTorch; `generate`: transformers'. */
async function torchDecoder(peer: Peer, name: 'decode' | 'generate', model: BenchModel, { lanes, steps }: DecodeSize) {
  await peer.ask({ do: `prepare_${name}`, prompt: [...promptOf(model)], lanes, steps })
  const decode = async (greedy: boolean): Promise<Pass> => {
    const { seconds, tokens } = await peer.ask({ do: name, greedy, lanes, steps })
    return { seconds: Number(seconds), model: 0, tokens: (tokens ?? []) as number[] } // a list where greedy
  }
  return { name: `PyTorch, ${name}`, decode, close: () => {} } satisfies Decoder
}

async function llamaDecoder(model: BenchModel, type: GgufType, size: DecodeSize): Promise<Decoder> {
  const llama = await startLlama(model, type, size)
  const decode = async (): Promise<Pass> => {
    const seconds = (await llama.decode()) * size.lanes * size.steps
    return { seconds, model: 0, tokens: [] }
  }
  return { name: `llama.cpp, ${type}`, decode, close: llama.close }
}

const PRECISIONS = ['float32', 'float16', 'int8'] as const

/** Narrow bases and llama.cpp only for large models: small ones are never kept in fewer bits. */
async function decodersOf(model: BenchModel, size: DecodeSize, peer: Peer | null): Promise<Decoder[]> {
  const decoders: Decoder[] = []
  for (const precision of model.isLarge ? PRECISIONS : PRECISIONS.slice(0, 1))
    decoders.push(await ourDecoder(model, size, precision))
  if (peer) {
    await peer.load(model)
    decoders.push(await torchDecoder(peer, 'decode', model, size))
    if (peer.generates) decoders.push(await torchDecoder(peer, 'generate', model, size))
  }
  if (llamaIsMissing(model) === null)
    for (const type of ['F16', 'Q8_0'] as const) decoders.push(await llamaDecoder(model, type, size))
  return decoders
}

/** Those that compute with the same numbers say the same. */
async function checkGreedy(decoders: readonly Decoder[]): Promise<void> {
  const same = decoders.filter(({ name }) => name === 'ours, float32' || name.startsWith('PyTorch'))
  let ours: readonly number[] | null = null
  for (const { name, decode } of same) {
    const { tokens } = await decode(true, 0)
    ours ??= tokens
    if (String(tokens) !== String(ours))
      throw new Error(`greedy tokens differ: ours ${ours}, ${name} ${tokens}: the work is not the same`)
  }
}

function summary(passes: readonly Pass[], { lanes, steps }: DecodeSize) {
  const seconds = passes.map((pass) => pass.seconds)
  return { passMs: milliseconds(seconds), tokensPerSecond: Math.round((lanes * steps) / median(seconds)) }
}

const times = (passes: readonly Pass[]) => passes.map(({ seconds }) => [seconds])

/** Ours, whose model's program is known apart, with every peer that it is compared with. */
function compared(
  name: string,
  passes: ReadonlyMap<string, readonly Pass[]>,
  size: DecodeSize,
  reach: (s: number) => object,
) {
  const own = passes.get(name)!
  const peers = [...passes].filter(([other]) => !other.startsWith('ours'))
  return {
    ...summary(own, size),
    inModel: rounded(median(own.map((pass) => pass.model / pass.seconds))),
    modelReaches: reach(median(own.map((pass) => pass.model))),
    faster: Object.fromEntries(
      peers.map(([other, theirs]) => [other, compare(times(own.slice(0, theirs.length)), times(theirs))]),
    ),
  }
}

async function measure(model: BenchModel, peer: Peer | null, ceiling: number): Promise<object> {
  const { rounds, ...size } = sizes(model)
  const decoders = await decodersOf(model, size, peer)
  await checkGreedy(decoders)
  for (const { decode } of decoders.filter((one) => !isSlow(one)))
    for (let i = 0; i < WARMUP; i++) await decode(false, i)
  const passes = new Map<string, Pass[]>(decoders.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const { name, decode } of decoders.filter((one) => round < LLAMA_ROUNDS || !isSlow(one))) {
      const pass = await decode(false, round)
      passes.get(name)!.push(pass)
      process.stderr.write(`  ${model.name}: round ${round + 1} of ${rounds}, ${name}: ${pass.seconds.toFixed(2)} s\n`)
    }
  }
  for (const { close } of decoders) close()
  const operations = size.lanes * size.steps * tokenOperations(model, 'forward')
  const names = decoders.map(({ name }) => name)
  const ours = names.filter((name) => name.startsWith('ours'))
  const reach = (seconds: number) => reached(operations, seconds, ceiling)
  return {
    model: model.name,
    work: `${size.lanes} sequences × ${size.steps} steps after a prompt of about 16 tokens; ${rounds} rounds, in turns`,
    ours: Object.fromEntries(ours.map((name) => [name, compared(name, passes, size, reach)])),
    peers: Object.fromEntries(
      names.filter((name) => !ours.includes(name)).map((name) => [name, summary(passes.get(name)!, size)]),
    ),
    withoutLlama: llamaIsMissing(model),
  }
}

export async function run(wanted: readonly ModelName[]): Promise<object> {
  const peer = await startPeer()
  const isMissing = typeof peer === 'string'
  const models: object[] = []
  const ceiling = await productCeiling()
  for (const name of modelNames(wanted)) models.push(await measure(benchModel(name), isMissing ? null : peer, ceiling))
  const products = { ceilingGflops: rounded(ceiling / 1e9, 0) }
  if (isMissing) return { ...products, peer: null, reason: peer, models }
  peer.close()
  return { ...products, peer: peer.description, targets: { decode: 2, generate: 3, 'llama.cpp': 1 }, models }
}
