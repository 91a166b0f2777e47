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
  readonly generateNext: { readonly logits: true }
}
type Input = readonly (number | [number, Asked])[]

/** The part of node-llama-cpp that is used. */
interface Sequence {
  controlledEvaluate(input: Input): Promise<readonly ({ next: { logits?: Map<number, number> } } | undefined)[]>
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
      dispose: () => context.dispose().then(() => model.dispose()),
    }
  }
}
