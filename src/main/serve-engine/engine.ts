/** A model in llama.cpp: one context for each adapter (llama.cpp fixes a context's adapters), each with its lanes, whose tokens it computes together. */
import { resolve } from 'node:path'
import { readGgufHeader } from '@main/formats/gguf/header'
import { refuseStrangeFile } from '@main/formats/regular-file'
import { describeError, GpoError } from '@shared/errors'
import { type Adapters, createAdapters, type Pool } from './adapters'
import { type Continued, continued } from './continuation'
import { createLanes } from './lanes'
import type { LlamaLibrary, Model, Sequence } from './library'
import { type CompletionRequest, Refused, refuseUnfit } from './requests'

export interface EngineOptions {
  readonly model: string
  /** Tokens of a prompt and its continuation. */
  readonly context: number
  /** Continuations at a time, for each adapter. */
  readonly lanes: number
  /** Absent: as many as node-llama-cpp finds best. */
  readonly threads?: number
}

export interface SamplingPool extends Pool {
  sample(request: CompletionRequest, signal: AbortSignal): Promise<Continued>
}

export interface Engine {
  readonly model: string
  readonly build: string
  readonly context: number
  readonly adapters: Adapters<SamplingPool>
  sample(request: CompletionRequest, signal: AbortSignal): Promise<Continued>
  close(): Promise<void>
}

/** @throws {GpoError} 'model' */
function vocabularyOf(path: string): number {
  const tokens = readGgufHeader(path).metadata.get('tokenizer.ggml.tokens')
  if (Array.isArray(tokens)) return tokens.length
  throw new GpoError('model', `${path} names no tokens (tokenizer.ggml.tokens): choose the GGUF file of a whole model`)
}

/** @throws {Refused} for what is no adapter: llama.cpp's own reader is not asked about files of any kind */
function refuseOtherFiles(path: string): void {
  try {
    refuseStrangeFile(path, 'model')
    const type = readGgufHeader(path).metadata.get('general.type')
    if (type !== 'adapter') throw new Refused(400, `${path} is no LoRA adapter: its general.type is not "adapter".`)
  } catch (error) {
    throw error instanceof GpoError ? new Refused(400, `${error.message}.`) : error
  }
}

/**
 * An adapter's memory, once no context has it: node-llama-cpp keeps it with the model, under its path, and would give a file of the same path the old weights.
 * @returns whether that was possible
 */
async function forget(model: Model, path: string): Promise<boolean> {
  const kept = model._loraAdapters?.get(resolve(path))
  if (!kept) return false
  model._loraAdapters?.delete(resolve(path))
  await kept.dispose()
  return true
}

/** @throws {GpoError} 'model' or 'backend' */
export async function openEngine(
  library: LlamaLibrary,
  { model: path, context: contextSize, lanes, threads }: EngineOptions,
  note: (message: string) => void,
): Promise<Engine> {
  const vocabulary = vocabularyOf(path)
  const llama = await library.open(note)
  const model = await llama.loadModel({ modelPath: path }).catch((error: unknown) => {
    throw new GpoError('model', `llama.cpp cannot open ${path}: ${describeError(error)}`)
  })
  const context = Math.min(contextSize, model.trainContextSize)
  if (context < contextSize) note(`The model knows texts of up to ${context} tokens: --context is ${context}.`)
  /** Paths whose old weights would be used again. */
  const stale = new Set<string>()

  async function open(lora: string | null): Promise<SamplingPool> {
    if (lora !== null) refuseOtherFiles(lora)
    if (lora !== null && stale.has(lora))
      throw new Refused(409, `${lora} was loaded before: write a new version to a path of its own.`)
    // Attention in one pass would sum in 16 bits.
    const options = { contextSize: context, sequences: lanes, flashAttention: false, threads }
    const made = await model.createContext({ ...options, ...(lora === null ? {} : { lora }) })
    const sequences: Sequence[] = Array.from({ length: lanes }, () => made.getSequence())
    const line = createLanes(sequences)
    const closing = new AbortController()
    return {
      async sample(request, signal) {
        const either = AbortSignal.any([signal, closing.signal])
        const sequence = await line.take(request.prompt, either)
        const stops = request.stop_token_ids
        const isEnd = stops ? (token: number) => stops.includes(token) : (token: number) => model.isEogToken(token)
        try {
          return await continued(sequence, request, isEnd, either)
        } catch (error) {
          if (!(error instanceof Refused)) await sequence.clearHistory().catch(() => {}) // its state is not known
          throw error
        } finally {
          line.give(sequence)
        }
      },
      async close() {
        closing.abort()
        await line.idle()
        await made.dispose()
        if (lora !== null && !(await forget(model, lora))) stale.add(lora)
      },
    }
  }

  const adapters = createAdapters(open)
  return {
    model: path,
    build: `node-llama-cpp ${library.version}, llama.cpp ${llama.llamaCppRelease.release}, ${llama.gpu || 'cpu'}`,
    context,
    adapters,
    async sample(request, signal) {
      refuseUnfit(request, vocabulary, context)
      const [lora] = request.lora
      return (await adapters.pool(lora?.id ?? null)).sample(request, signal)
    },
    async close() {
      await adapters.close()
      await model.dispose()
      await llama.dispose()
    },
  }
}
