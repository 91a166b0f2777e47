/**
 * A policy small enough to enumerate: 4 tokens, at most 5 new ones. Values, advantages and the critical step computed exactly, by summing
 * over every completion with uncached probabilities, must be found by the method through sampling.
 */
import { createOnnxBackend } from '@engine/devices/onnx'
import { selectCriticalStep } from '@engine/gpo/critical-step'
import { resetRollouts } from '@engine/gpo/reset'
import { rolloutsFromPrompts } from '@engine/gpo/sampling'
import { estimateValues } from '@engine/gpo/search'
import { stateStart } from '@engine/gpo/start'
import type { Sampling, Segmented, Task } from '@engine/gpo/trajectory'
import { forward, head } from '@engine/model/llama'
import { createSampler } from '@engine/rollout/sampler'
import type { Tensors } from '@engine/tensor/tensors'
import { type Tensor2D, tf } from '@engine/tensor/tf'
import { advantagesOf, scoresBy } from '@shared/method/critical-step'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { randomWeights, tinyConfig, upload } from '../support/tiny-model'

const config = { ...tinyConfig, vocabSize: 4, eosTokenIds: [3] }
const STOP = 3
const MAX_NEW = 5
const backend = createOnnxBackend({ threads: 1 })
const params = upload(backend, randomWeights(config, 11, 0.9))
const task: Task = { row: 0, prompt: Int32Array.of(0, 2, 1), reference: '' }

/** Right when the sum of the completion's tokens is even: it depends on every token. */
const rewardOf = (tokens: ArrayLike<number>) => Number(Array.from(tokens).reduce((a, b) => a + b, 0) % 2 === 0)

const program = backend.program('next-probs', ({ params, ids }: { params: Tensors; ids: Tensor2D }) => ({
  probs: tf.softmax(head(config, params, forward(config, params, ids).hidden)),
}))

const memo = new Map<string, Float32Array>()
async function nextProbs(ids: readonly number[]): Promise<Float32Array> {
  const key = ids.join(',')
  const known = memo.get(key)
  if (known) return known
  const inputs = { params, ids: backend.tensor(Int32Array.from(ids), [1, ids.length]) }
  const probs = (await backend.read((await program.run(inputs)).probs)) as Float32Array
  const last = probs.slice((ids.length - 1) * 4, ids.length * 4)
  memo.set(key, last)
  return last
}

/** V(prompt + completion so far), by enumeration. */
async function exactValue(completion: readonly number[]): Promise<number> {
  if (completion.at(-1) === STOP || completion.length === MAX_NEW) return rewardOf(completion)
  const probs = await nextProbs([...task.prompt, ...completion])
  let value = 0
  for (let token = 0; token < 4; token++) value += probs[token]! * (await exactValue([...completion, token]))
  return value
}

function sampling(seed: number): Sampling {
  return {
    sampler: createSampler(backend, config),
    params,
    config: { temperature: 1, topK: 0, topP: 1, lanes: 64, stopTokens: [STOP] },
    maxNewTokens: MAX_NEW,
    seed,
    judge: (_, tokens) => ({
      reward: rewardOf(tokens),
      extracted: null,
      status: rewardOf(tokens) ? 'correct' : 'wrong',
    }),
  }
}

/** The first trajectory of at least 4 tokens, each token a step. */
async function longTrajectory(): Promise<Segmented> {
  const trajectories = await rolloutsFromPrompts(sampling(5), [task], 60)
  const trajectory = trajectories.find(({ tokens }) => tokens.length >= 4)
  if (!trajectory) throw new Error('no long trajectory in 60')
  return { ...trajectory, steps: Array.from(trajectory.tokens, (_, i) => ({ start: i, end: i + 1 })) }
}

/** N continuations from every state. */
const exhaustive = (samples: number) => ({ search: 'exhaustive', rule: 'max', samples }) as const

let trajectory: Segmented
let exact: number[]
beforeAll(async () => {
  trajectory = await longTrajectory()
  exact = []
  for (let i = 0; i <= trajectory.steps.length; i++) exact.push(await exactValue([...trajectory.tokens.subarray(0, i)]))
})
afterAll(() => backend.close())

test('the mean of rewards from the prompt is its exact value', async () => {
  const n = 2000
  const rollouts = await rolloutsFromPrompts(sampling(77), [task], n)
  const mean = rollouts.reduce((sum, { verdict }) => sum + verdict.reward, 0) / n
  const value = await exactValue([])
  expect(Math.abs(mean - value)).toBeLessThan(4 * Math.sqrt((value * (1 - value)) / n))
})

test('estimates with few samples are unbiased: averaged over seeds they are the exact values', async () => {
  const runs = 60
  const sums = exact.map(() => 0)
  for (let seed = 0; seed < runs; seed++) {
    const [valued] = await estimateValues(sampling(1000 + seed), [trajectory], exhaustive(4))
    for (const [i, state] of valued!.states.entries()) sums[i]! += state.value! / runs
  }
  for (const [i, value] of exact.entries()) {
    const error = Math.sqrt((value * (1 - value)) / (4 * runs))
    expect(Math.abs(sums[i]! - value)).toBeLessThanOrEqual(4 * error + 1e-9)
  }
})

test('every state keeps its successes and samples, and the end is known', async () => {
  const [valued] = await estimateValues(sampling(3), [trajectory], exhaustive(6))
  const { states, continuations } = valued!
  expect(states.length).toBe(trajectory.steps.length + 1)
  for (const [i, rollouts] of continuations.entries()) {
    expect(states[i]!.samples).toBe(6)
    expect(states[i]!.successes).toBe(rollouts.filter(({ verdict }) => verdict.reward === 1).length)
    for (const rollout of rollouts)
      expect([...rollout.tokens.subarray(0, i)]).toEqual([...trajectory.tokens.subarray(0, i)])
  }
  expect(states.at(-1)).toEqual({ successes: trajectory.verdict.reward, samples: 0, value: trajectory.verdict.reward })
})

test.each([
  ['max', 0.06],
  ['min', 0.06],
  ['maxAbs', 0.06],
  ['value', 0.01],
] as const)(
  'with many samples the rule %s selects the step that is critical by the exact values',
  async (rule, margin) => {
    const [valued] = await estimateValues(sampling(9), [trajectory], exhaustive(4000))
    const scores = scoresBy(
      rule,
      exact.map((value) => ({ value })),
    )
    const sorted = [...scores].sort((a, b) => b - a)
    expect(sorted[0]! - sorted[1]!).toBeGreaterThan(margin) // the case is clear, so the test does not depend on chance
    const critical = selectCriticalStep(valued!.states, rule, 1)
    expect(critical.step).toBe(scores.indexOf(sorted[0]!))
    expect(critical.confidence).toBeGreaterThan(0.95)
    expect(critical.advantage).toBe(advantagesOf(valued!.states)[critical.step])
  },
)

test('rollouts after the reset keep the prefix, reuse the continuations and sample only what is missing', async () => {
  const [valued] = await estimateValues(sampling(4), [trajectory], exhaustive(3))
  const step = 2
  const counted = sampling(4)
  const [rollouts] = await resetRollouts(counted, [stateStart(valued!, step)], 5, true)
  expect(rollouts!.slice(0, 3)).toEqual(valued!.continuations[step])
  expect(rollouts!.length).toBe(5)
  for (const { tokens, kept, logprobs } of rollouts!) {
    expect(kept).toBe(trajectory.steps[step]!.start)
    expect([...tokens.subarray(0, kept)]).toEqual([...trajectory.tokens.subarray(0, kept)])
    expect(logprobs.length).toBe(tokens.length - kept)
  }
})

test('continuations that end when their verdict is settled give the same values for fewer tokens', async () => {
  // Lost as soon as a 0 is drawn, however it goes on; the trajectory has one in its middle.
  const isRight = (tokens: ArrayLike<number>) => !Array.from(tokens).includes(0)
  const verdictOf = (tokens: ArrayLike<number>) => {
    const reward = Number(isRight(tokens))
    return { reward, extracted: null, status: reward ? ('correct' as const) : ('wrong' as const) }
  }
  const open = (): Sampling => ({
    ...sampling(21),
    judge: (_, tokens) => verdictOf(tokens),
    settled: {
      mayDecide: (token) => token === 0,
      verdict: (_, tokens) => (isRight(tokens) ? null : verdictOf(tokens)),
    },
  })
  const trajectories = await rolloutsFromPrompts(open(), [task], 200)
  const lost = trajectories.find(({ tokens }) => tokens.length === MAX_NEW && [1, 2].includes(tokens.indexOf(0)))!
  const segmented = { ...lost, steps: Array.from(lost.tokens, (_, i) => ({ start: i, end: i + 1 })) }
  const measured = await Promise.all(
    (['never', 'lostStates', 'always'] as const).map(async (early) => {
      const own = open()
      const [valued] = await estimateValues(own, [segmented], { ...exhaustive(40), early })
      return { valued: valued!, decoded: own.sampler.counters.decoded }
    }),
  )
  const [never, lostStates, always] = measured.map(({ decoded }) => decoded)
  for (const { valued } of measured) expect(valued.states).toEqual(measured[0]!.valued.states)
  expect(lostStates!).toBeLessThan(never!)
  expect(always!).toBeLessThan(lostStates!)
  // A state that is lost has no continuation to train on.
  const after = lost.tokens.indexOf(0) + 1
  expect(stateStart(measured[1]!.valued, after).sampled).toEqual([])
  expect(stateStart(measured[1]!.valued, 0).sampled).toHaveLength(40)
})
