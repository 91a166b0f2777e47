/**
 * A server that samples: what every kind of it can be asked. Token ids only: text would be cut into other tokens, and a first token would be added twice.
 * Answers are not trusted (checked.ts).
 */

export const ENGINE_KINDS = ['vllm', 'llama.cpp', 'sglang'] as const
export type EngineKind = (typeof ENGINE_KINDS)[number]

export interface Capabilities {
  readonly kind: EngineKind
  /** As it calls itself. */
  readonly version: string
  /** Name of the base model. */
  readonly model: string
  /** Adapters are loaded and unloaded while it runs; without that, it cannot follow a policy that is trained. */
  readonly loadsAdapters: boolean
  /** Log-probabilities are those of the sampling temperature; else those at 1. */
  readonly hasTemperedLogprobs: boolean
}

export interface SampleLimits {
  readonly maxNewTokens: number
  /** 0 = greedy. */
  readonly temperature: number
  /** 1 = off. */
  readonly topP: number
  /** 0 = off. */
  readonly topK: number
  readonly stopTokens: readonly number[]
}

/** A version of the trained policy, under the name that it is loaded as. */
export interface PolicyVersion {
  readonly name: string
  /** Optimiser steps done. */
  readonly version: number
}

/** All continuations of one prefix. */
export interface SampleRequest {
  /** At least one token. */
  readonly prefix: Int32Array
  /** One for each continuation. */
  readonly seeds: readonly number[]
  readonly limits: SampleLimits
  /** Null: the base model. */
  readonly policy: PolicyVersion | null
}

export interface Continuation {
  /** The token that ended it is the last one. */
  readonly tokens: Int32Array
  /** Of each token. */
  readonly logprobs: Float32Array
  readonly ended: 'stop' | 'length'
}

/** The files of an adapter where the server finds them. */
export interface AdapterPlace {
  /** PEFT's layout. */
  readonly folder: string
  /** The same as GGUF; null where the architecture has none. */
  readonly gguf: string | null
}

export interface RolloutEngine {
  /** Its address. */
  readonly name: string
  readonly capabilities: Capabilities
  /** @throws {EngineError} if it does not answer, or is not ready */
  health(signal: AbortSignal): Promise<void>
  /** One continuation for each seed, in their order. @throws {EngineError} */
  sample(request: SampleRequest, signal: AbortSignal): Promise<Continuation[]>
  /** @throws {EngineError} */
  loadPolicy(place: AdapterPlace, policy: PolicyVersion, signal: AbortSignal): Promise<void>
  /** @throws {EngineError} */
  unloadPolicy(policy: PolicyVersion, signal: AbortSignal): Promise<void>
}

/** What went wrong with one request to one server; it may go better elsewhere. */
export class EngineError extends Error {
  override readonly name = 'EngineError'
}
