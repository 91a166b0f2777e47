/** llama.cpp, through node-llama-cpp where that is installed (GPO_ORACLES names a folder that has it in its node_modules). */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

export const ORACLES = process.env['GPO_ORACLES'] ?? resolve(import.meta.dirname, '../..')
export const isLlamaCppInstalled = existsSync(join(ORACLES, 'node_modules/node-llama-cpp/package.json'))

export interface LlamaVocabulary {
  /** With control tokens found in the text, and none added around it. */
  tokenize(text: string, withControlTokens?: true): readonly number[]
  dispose(): Promise<void>
}

interface Asked {
  readonly generateNext: {
    readonly logits: true | { readonly filter: { readonly tokens: readonly number[]; readonly includeTop: number } }
    /** Sum of exp(logit - largest) over the vocabulary. */
    readonly totalLogitWeight?: true
  }
}
type Input = readonly (number | [number, Asked])[]
interface Answer {
  readonly next: { readonly logits?: ReadonlyMap<number, number>; readonly totalLogitWeight?: number }
}

/** The part of node-llama-cpp that is used. */
interface Sequence {
  controlledEvaluate(input: Input): Promise<readonly (Answer | undefined)[]>
  clearHistory(): Promise<void>
}
interface Model extends LlamaVocabulary {
  createContext(options: object): Promise<{ getSequence(): Sequence; dispose(): Promise<void> }>
}
interface Llama {
  loadModel(options: object): Promise<Model>
}

async function openLlama(): Promise<Llama> {
  const entry = createRequire(join(ORACLES, 'package.json')).resolve('node-llama-cpp')
  const { getLlama } = (await import(pathToFileURL(entry).href)) as { getLlama(options: object): Promise<Llama> }
  return getLlama({ gpu: false, build: 'never', logLevel: 'disabled', progressLogs: false })
}

/** @returns a function that opens a GGUF file, which needs no tensors */
export async function llamaVocabularies(): Promise<(path: string) => Promise<LlamaVocabulary>> {
  const llama = await openLlama()
  return (modelPath) => llama.loadModel({ modelPath, vocabOnly: true })
}

export interface LlamaModel extends LlamaVocabulary {
  /** Of each token from position `from` on, the logits of the one after it: [V] each. */
  logits(ids: readonly number[], from?: number): Promise<readonly Float32Array[]>
  /** Of each token from position `from` on but the last: what it finds most probable next, and log-probabilities. */
  next(ids: readonly number[], from: number): Promise<readonly NextToken[]>
}

export interface NextToken {
  readonly best: number
  readonly bestLogprob: number
  /** Of the token that follows. */
  readonly logprob: number
}

async function logitsOf(sequence: Sequence, ids: readonly number[], from: number): Promise<Float32Array[]> {
  await sequence.clearHistory()
  const input = ids.map((id, i): Input[number] => (i < from ? id : [id, { generateNext: { logits: true } }]))
  const found = await sequence.controlledEvaluate(input)
  return found.slice(from).map((one) => {
    const logits = one?.next.logits ?? new Map<number, number>()
    const out = new Float32Array(logits.size).fill(Number.NaN)
    for (const [token, logit] of logits) out[token] = logit
    return out
  })
}

async function nextOf(sequence: Sequence, ids: readonly number[], from: number): Promise<NextToken[]> {
  await sequence.clearHistory()
  const input = ids.slice(0, -1).map((id, i): Input[number] => {
    if (i < from) return id
    const filter = { tokens: [ids[i + 1]!], includeTop: 1 }
    return [id, { generateNext: { logits: { filter }, totalLogitWeight: true } }]
  })
  const found = await sequence.controlledEvaluate(input)
  return found.slice(from).map((one, i) => {
    const { logits = new Map<number, number>(), totalLogitWeight = Number.NaN } = one?.next ?? {}
    const [best, largest] = [...logits].reduce((a, b) => (b[1] > a[1] ? b : a), [-1, Number.NEGATIVE_INFINITY])
    const whole = largest + Math.log(totalLogitWeight)
    return { best, bestLogprob: largest - whole, logprob: logits.get(ids[from + i + 1]!)! - whole }
  })
}

/** Keys and values are kept as float32. @returns a function that opens a GGUF file, with a LoRA adapter on it where one is given */
export async function llamaModels(): Promise<(path: string, lora?: string) => Promise<LlamaModel>> {
  const llama = await openLlama()
  return async (modelPath, lora) => {
    const model = await llama.loadModel({ modelPath })
    const context = await model.createContext({
      contextSize: 256,
      threads: 1, // more wait for each other by spinning: on a busy machine that takes many times as long
      flashAttention: false,
      experimentalKvCacheKeyType: 'F32',
      experimentalKvCacheValueType: 'F32',
      ...(lora === undefined ? {} : { lora }),
    })
    const sequence = context.getSequence()
    return {
      tokenize: (...args) => model.tokenize(...args),
      logits: (ids, from = 0) => logitsOf(sequence, ids, from),
      next: (ids, from) => nextOf(sequence, ids, from),
      dispose: () => context.dispose().then(() => model.dispose()),
    }
  }
}
