/**
 * A run's sampling servers: opened and checked at its start, given every new version of the policy under a new name (a name that is loaded again would serve
 * old keys and values), and left as they were at its end.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { basename, join, posix } from 'node:path'
import type { Policy } from '@engine/policy/policy'
import type { Scorer } from '@engine/policy/score'
import type { Sampler } from '@engine/rollout/sampler'
import { copyFolder } from '@main/engines/copy'
import type { AdapterPlace, PolicyVersion, RolloutEngine } from '@main/engines/engine'
import { createFleet } from '@main/engines/fleet'
import { openEngine } from '@main/engines/open'
import { exportAdapter, isAdapterTensor, type LoraConfig } from '@main/export/adapter'
import { exportGgufAdapter } from '@main/export/gguf/adapter'
import type { ModelConfig } from '@main/formats/model-config'
import { GpoError } from '@shared/errors'
import { learnsFromRewards } from '@shared/method/guided'
import { MAX_SERVERS_SHOWN, type ServerProgress } from '@shared/schemas/events'
import type { Plan } from '@shared/schemas/plan'
import type { ServerAccess } from '@shared/schemas/server'
import { safeLine } from '@shared/shown'
import { runCanary } from './canary'
import { createFleetSampler, type ServedBy } from './fleet-sampler'

export interface ServedOptions {
  readonly plan: Plan
  readonly config: ModelConfig
  readonly modelFolder: string
  readonly runFolder: string
  readonly servers: readonly ServerAccess[]
  readonly policy: Policy
  readonly scorer: Scorer
  readonly stopTokens: readonly number[]
  /** Prompts of the run, for canaries. */
  readonly prompts: readonly Int32Array[]
  /** Optimiser steps done. */
  readonly version: () => number
}

interface Current {
  readonly policy: PolicyVersion
  /** On this machine. */
  readonly place: AdapterPlace
}

export interface Served {
  readonly sampler: Sampler
  /** What they are, for the run's record. */
  readonly described: string
  /** What each has done so far; those that rest first. */
  readonly progress: () => readonly ServerProgress[]
  /** Unloads what was loaded; failures no longer matter. */
  readonly close: () => Promise<void>
}

/** What makes servers unusable for this plan, whatever they are. @throws {GpoError} 'plan' */
function adaptationFor({ adaptation }: Plan): LoraConfig {
  if (adaptation.kind === 'lora') return adaptation
  throw new GpoError(
    'plan',
    'rollout.engines needs adaptation.kind lora: servers load an adapter after each update, and cannot be given all weights',
  )
}

/** @throws {GpoError} 'backend' for a server that cannot follow a policy that is trained */
function refuseUnfit({ name, capabilities }: RolloutEngine, { objective, rollout }: Plan): void {
  const { kind, version, loadsAdapters, hasTemperedLogprobs } = capabilities
  const what = `${name} (${kind} ${version})`
  if (!loadsAdapters)
    throw new GpoError(
      'backend',
      `${what} has only the adapters of its start: training needs a server that loads one after each update, such as vLLM with --enable-lora`,
    )
  if (!hasTemperedLogprobs && rollout.temperature !== 1 && learnsFromRewards(objective.kind))
    throw new GpoError(
      'backend',
      `${what} gives log-probabilities at temperature 1, but rollout.temperature is ${rollout.temperature}: set it to 1`,
    )
}

async function opened({ plan, config, servers }: ServedOptions): Promise<RolloutEngine[]> {
  const engines = await Promise.all(servers.map((server) => openEngine(server, config.vocabSize)))
  for (const engine of engines) refuseUnfit(engine, plan)
  return engines
}

/** Characters of a server's last words in the window. */
const MAX_PROBLEM = 300

/** A server without the old version is as it should be. */
const ignore = (): void => {}

/** @throws {GpoError} 'plan' or 'backend' */
export async function openServed(options: ServedOptions): Promise<Served> {
  const { plan, policy, runFolder } = options
  const adaptation = adaptationFor(plan)
  const { engineRequests, engineAttemptSeconds, engineGiveUpSeconds } = plan.rollout
  const engines = await opened(options)
  const needsGguf = engines.some(({ capabilities }) => capabilities.kind === 'llama.cpp')
  const session = randomBytes(3).toString('hex')
  /** The version that the servers are to have. */
  let current: Current | null = null
  /** What each server has loaded, oldest first. */
  const loaded = new Map<RolloutEngine, PolicyVersion[]>(engines.map((engine) => [engine, []]))

  const canary = {
    prompts: options.prompts,
    limits: {
      maxNewTokens: plan.rollout.maxNewTokens,
      temperature: plan.rollout.temperature,
      topP: plan.rollout.topP,
      topK: plan.rollout.topK,
      stopTokens: options.stopTokens,
    },
    precision: plan.rollout.enginePrecision,
    logps: async (sequences: Parameters<Scorer['logps']>[1]) => options.scorer.logps(await policy.dense(), sequences),
  }

  const copies = new Map(options.servers.map(({ address, copy }) => [address, copy]))

  /** Where the server finds the current version: in the run's folder, or where a command has copied it to. */
  async function placeAt(
    { name }: RolloutEngine,
    { place, policy }: Current,
    signal: AbortSignal,
  ): Promise<AdapterPlace> {
    const copy = copies.get(name)
    if (!copy) return place
    const folder = posix.join(copy.folder, policy.name)
    await copyFolder(copy.command, place.folder, folder, signal)
    return { folder, gguf: place.gguf === null ? null : posix.join(folder, basename(place.gguf)) }
  }

  /** Loads the current version, checks it, then unloads older ones. */
  async function follow(engine: RolloutEngine, signal: AbortSignal): Promise<void> {
    if (current === null) return
    const wanted = current
    const had = loaded.get(engine)!
    if (!had.includes(wanted.policy)) {
      await engine.loadPolicy(await placeAt(engine, wanted, signal), wanted.policy, signal)
      had.push(wanted.policy)
    }
    await runCanary(engine, wanted.policy, canary, signal)
    for (const old of had.filter((one) => one !== wanted.policy)) {
      await engine.unloadPolicy(old, signal).catch(ignore)
      had.splice(had.indexOf(old), 1)
    }
  }

  const fleet = createFleet(
    engines.map(
      (engine): ServedBy => ({
        name: engine.name,
        engine,
        async revive(signal) {
          await engine.health(signal)
          const older = loaded.get(engine)!.filter((one) => one !== current?.policy)
          loaded.set(engine, older) // it may have been started again, without the current one
          await follow(engine, signal)
        },
      }),
    ),
    { inFlight: engineRequests, attemptMs: 1000 * engineAttemptSeconds, totalMs: 1000 * engineGiveUpSeconds },
    (problem) => console.warn(`a sampling server rests: ${problem}`), // into the trainer's log
  )

  /** Writes the adapter in PEFT's layout, and as GGUF where a server wants that. */
  async function write(name: string): Promise<AdapterPlace> {
    const folder = join(runFolder, 'policy', name)
    mkdirSync(join(runFolder, 'policy'), { recursive: true })
    const tensors = [...(await policy.snapshot())]
      .filter(([tensor]) => isAdapterTensor(tensor))
      .map(([tensor, { shape, data }]) => ({ name: tensor, shape, data }))
    exportAdapter({ baseModel: options.modelFolder, adaptation, tensors, out: folder, dtype: 'F32' })
    if (!needsGguf) return { folder, gguf: null }
    const gguf = join(folder, 'adapter.gguf')
    exportGgufAdapter({ config: options.config, name, adaptation, tensors, out: gguf, type: 'F32' })
    return { folder, gguf }
  }

  async function publish(): Promise<PolicyVersion> {
    const version = options.version()
    if (current?.policy.version !== version) {
      const before = current
      const name = `gpo-${session}-v${version}`
      current = { policy: { name, version }, place: await write(name) }
      const signal = AbortSignal.timeout(1000 * engineAttemptSeconds)
      const states = fleet.status()
      await Promise.all(
        fleet.members.map(async (member, i) => {
          if (states[i]!.state === 'paused') return // it follows when it comes back
          await follow(member.engine, signal).catch((error: unknown) => fleet.pause(member, error))
        }),
      )
      if (before) rmSync(before.place.folder, { recursive: true, force: true })
    }
    await fleet.ready()
    return current.policy
  }

  const tokens = new Map<string, number>()

  return {
    sampler: createFleetSampler({
      ...{ fleet, publish },
      onAnswer: ({ name }, count) => void tokens.set(name, (tokens.get(name) ?? 0) + count),
    }),
    progress: () =>
      fleet
        .status()
        .map(
          ({ name, state, ...counts }): ServerProgress => ({
            ...{ name, isResting: state === 'paused', tokens: tokens.get(name) ?? 0 },
            ...{ ...counts, problem: counts.problem === null ? null : safeLine(counts.problem, MAX_PROBLEM) },
          }),
        )
        .toSorted((a, b) => Number(b.isResting) - Number(a.isResting))
        .slice(0, MAX_SERVERS_SHOWN),
    described: engines
      .map(({ name, capabilities: { kind, version, model } }) => `${name}: ${kind} ${version}, ${model}`)
      .join('; '),
    async close() {
      fleet.close()
      const signal = AbortSignal.timeout(5000)
      await Promise.allSettled(
        [...loaded].flatMap(([engine, policies]) => policies.map((one) => engine.unloadPolicy(one, signal))),
      )
      rmSync(join(runFolder, 'policy'), { recursive: true, force: true })
    },
  }
}
