/**
 * A policy small enough to know everything about it, for tests of the method: who holds the ball after K swaps among five people? Each token says who
 * holds it after the next swap, and the reward is 1 if the last token is right. A step depends on the holder and the pair that swaps: 50 contexts with
 * five logits each. Values and gradients are exact, by dynamic programming; the method's own code samples through the interface of the engine's sampler.
 */
import { deriveSeed, normal, uniform } from '@engine/core/rng'
import type { Rollout, Task } from '@engine/gpo/trajectory'
import type { Sample } from '@engine/recipes/group-samples'
import type { Run } from '@engine/recipes/run'
import type { KvBlock } from '@engine/rollout/kv-block'
import type { Sampler } from '@engine/rollout/sampler'
import { type PlanInput, planSchema } from '@shared/schemas/plan'

export const PEOPLE = 5
const CONTEXTS = PEOPLE * 10

const pairIndex = (a: number, b: number): number => {
  const [low, high] = a < b ? [a, b] : [b, a]
  return (low * (2 * PEOPLE - low - 1)) / 2 + high - low - 1
}
const contextOf = (holder: number, a: number, b: number) => holder * 10 + pairIndex(a, b)
const swapped = (holder: number, a: number, b: number) => (holder === a ? b : holder === b ? a : holder)

export interface SwapsOptions {
  /** K */
  readonly steps: number
  /** Share of the contexts that are hard. */
  readonly hard: number
  /** Probability of the right token in a hard context. */
  readonly rightIfHard: number
  /** Whether every token must be right, instead of the last one only: no answer is then right by luck. */
  readonly isStrict?: boolean
  readonly seed: number
}

/** A gradient or another vector over all parameters, [50 · 5]. */
export type Vector = Float64Array

export const dot = (a: Vector, b: Vector): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0)
export const add = (into: Vector, x: Vector, factor = 1): void => {
  for (let i = 0; i < into.length; i++) into[i]! += factor * x[i]!
}
export const zeros = (): Vector => new Float64Array(CONTEXTS * PEOPLE)

const blockOf = (tokens: readonly number[]): KvBlock => ({
  length: tokens.length,
  keys: [],
  values: [],
  hidden: Float32Array.from(tokens),
})

export function createSwaps({ steps, hard, rightIfHard, isStrict = false, seed }: SwapsOptions) {
  const probabilities = Array.from({ length: CONTEXTS }, (_, context) => {
    const holder = Math.floor(context / 10)
    let pair = context % 10
    let a = 0
    while (pair >= PEOPLE - 1 - a) pair -= PEOPLE - 1 - a++
    const right = swapped(holder, a, a + 1 + pair)
    const isHard = uniform(seed, context, 0) < hard
    const wrong = (right + 1 + Math.floor(4 * uniform(seed, context, 1))) % PEOPLE
    const p = isHard ? rightIfHard : 0.97
    const logits = Array.from({ length: PEOPLE }, (_, k) => {
      const share = k === right ? p : (1 - p) * (k === wrong ? 0.85 : 0.05)
      return Math.log(share) + 0.6 * normal(seed, context, 10 + k)
    })
    const sum = logits.reduce((total, logit) => total + Math.exp(logit), 0)
    return logits.map((logit) => Math.exp(logit) / sum)
  })

  /** A problem: the first holder, then the pairs. */
  const problem = (row: number): Task => {
    const own = deriveSeed(seed, 77, row)
    const prompt = [Math.floor(PEOPLE * uniform(own, 0, 0))]
    for (let i = 0, last = -1, n = 0; i < steps; n++) {
      const a = Math.floor(PEOPLE * uniform(own, 1, 2 * n))
      const b = Math.floor(PEOPLE * uniform(own, 1, 2 * n + 1))
      if (a === b || pairIndex(a, b) === last) continue
      last = pairIndex(a, b)
      prompt.push(a, b)
      i++
    }
    return { row, prompt: Int32Array.from(prompt), reference: '' }
  }
  const contextAt = ({ prompt }: Task, step: number, holder: number) =>
    contextOf(holder, prompt[1 + 2 * step]!, prompt[2 + 2 * step]!)
  const holderAt = (task: Task, tokens: ArrayLike<number>, step: number) =>
    step === 0 ? task.prompt[0]! : tokens[step - 1]!
  /** Who really holds the ball: [K + 1]. */
  const truth = ({ prompt }: Task): number[] => {
    const holders = [prompt[0]!]
    for (let i = 0; i < steps; i++) holders.push(swapped(holders[i]!, prompt[1 + 2 * i]!, prompt[2 + 2 * i]!))
    return holders
  }

  /** V of every state: [step][holder], K + 1 of them; where every token must be right, of states without an error before. */
  const values = (task: Task): number[][] => {
    const right = truth(task)
    const all = Array.from({ length: steps + 1 }, () => new Array<number>(PEOPLE).fill(0))
    all[steps]![right[steps]!] = 1
    for (let i = steps - 1; i >= 0; i--)
      for (let h = 0; h < PEOPLE; h++)
        if (!isStrict || h === right[i])
          all[i]![h] = probabilities[contextAt(task, i, h)]!.reduce((sum, p, k) => sum + p * all[i + 1]![k]!, 0)
    return all
  }

  const isLost = (task: Task, tokens: ArrayLike<number>, kept: number) => {
    const right = truth(task)
    return isStrict && Array.from({ length: kept }, (_, i) => tokens[i] !== right[i + 1]).some(Boolean)
  }

  /** V after the first `kept` tokens. */
  const value = (task: Task, tokens: ArrayLike<number>, kept: number) =>
    isLost(task, tokens, kept) ? 0 : values(task)[kept]![holderAt(task, tokens, kept)]!

  /** Adds `factor` · ∇ log π(token | context). */
  const addScore = (into: Vector, context: number, token: number, factor: number) => {
    for (let k = 0; k < PEOPLE; k++)
      into[context * PEOPLE + k]! += factor * (Number(k === token) - probabilities[context]![k]!)
  }

  /** ∇ V after the first `kept` tokens, exactly. */
  const valueGradient = (task: Task, tokens: ArrayLike<number>, kept: number): Vector => {
    const all = values(task)
    const gradient = zeros()
    if (isLost(task, tokens, kept)) return gradient
    let reached = new Array<number>(PEOPLE).fill(0)
    reached[holderAt(task, tokens, kept)] = 1
    for (let i = kept; i < steps; i++) {
      const next = new Array<number>(PEOPLE).fill(0)
      for (let h = 0; h < PEOPLE; h++) {
        const context = contextAt(task, i, h)
        probabilities[context]!.forEach((p, k) => {
          addScore(gradient, context, k, reached[h]! * p * all[i + 1]![k]!)
          next[k]! += reached[h]! * p
        })
      }
      reached = next
    }
    return gradient
  }

  /** Σ_t A_t ∇ log π of a rollout's trained tokens: what a step along the loss's gradient adds. */
  const sampleGradient = ({ rollout, advantages }: Sample): Vector => {
    const gradient = zeros()
    const { task, tokens, kept } = rollout
    advantages.forEach((advantage, t) => {
      const step = kept + t
      if (advantage !== 0)
        addScore(gradient, contextAt(task, step, holderAt(task, tokens, step)), tokens[step]!, advantage)
    })
    return gradient
  }

  const sampler: Sampler = {
    counters: { prefilled: 0, decoded: 0 },
    prefill: async (_, prompts) => prompts.map((prompt) => blockOf([...prompt])),
    sample: async (_, requests) =>
      requests.map(({ start, seed: own, maxNewTokens, keepBlock }) => {
        const known = [...start.block.hidden.subarray(0, start.length)]
        const prompt = Int32Array.from(known.slice(0, 1 + 2 * steps))
        const task: Task = { row: 0, prompt, reference: '' }
        const before = known.slice(prompt.length)
        const tokens: number[] = []
        const logprobs: number[] = []
        for (let n = 0; n < maxNewTokens; n++) {
          const at = before.length + n
          const all = [...before, ...tokens]
          const p = probabilities[contextAt(task, at, holderAt(task, all, at))]!
          let draw = uniform(own, 0, n)
          let token = 0
          while (token < PEOPLE - 1 && draw >= p[token]!) draw -= p[token++]!
          tokens.push(token)
          logprobs.push(Math.log(p[token]!))
          sampler.counters.decoded++
        }
        return {
          tokens: Int32Array.from(tokens),
          logprobs: Float32Array.from(logprobs),
          isTruncated: true,
          block: keepBlock ? blockOf([...known, ...tokens]) : null,
        }
      }),
  }

  const verdict = (isRight: boolean) =>
    ({ reward: Number(isRight), extracted: null, status: isRight ? 'correct' : 'wrong' }) as const

  /** What `collect` needs of a run whose iterations have `prompts` problems, every token a step. */
  const run = (changes: Partial<PlanInput>, prompts: number): Run => {
    const { budget, gpo, ...others } = changes
    const plan = planSchema.parse({
      model: { path: 'none' },
      data: { train: { path: 'none' } },
      verifier: { kind: 'number' },
      objective: { kind: 'rloo' },
      rollout: { maxNewTokens: steps },
      ...others,
      gpo: { ...gpo, segmentation: { splitter: 'window', windowTokens: 1, minStepTokens: 1, maxSteps: 64 } },
      budget: { promptsPerIteration: prompts, ...budget },
    })
    const tasks = Array.from({ length: 4096 }, (_, row) => {
      const task = problem(row)
      return { ...task, reference: truth(task).slice(1).join('') }
    })
    const needed = {
      plan,
      sampler,
      tasks,
      policy: { dense: async () => ({}) },
      stopTokens: [],
      text: {
        pieces: (tokens: Int32Array) => Array.from(tokens, String),
        decode: (tokens: Int32Array) => [...tokens].join(''),
      },
      verify: (completion: string, reference: string) =>
        verdict(isStrict ? completion === reference : completion.at(-1) === reference.at(-1)),
      onProgress: () => {},
    }
    return needed as unknown as Run // the rest of a run is only for learning
  }

  return { run, sampler, problem, value, valueGradient, sampleGradient, verdict }
}
export type Swaps = ReturnType<typeof createSwaps>

/** The prefix a rollout was sampled from, as a key. */
export const stateOf = ({ task, tokens, kept }: Rollout): string => `${task.row}:${tokens.subarray(0, kept).join()}`
