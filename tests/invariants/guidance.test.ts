/**
 * What the variants of guidance do to the gradient, on a policy whose values and gradients are known exactly (bench/guidance/swaps.ts). The method's own
 * code samples, values, selects and compares; only the last step, ∇ log π, is the policy's.
 */

import { groupOf } from '@engine/gpo/groups'
import { collect } from '@engine/recipes/collect'
import type { Collected } from '@engine/recipes/collected'
import { groupSamples } from '@engine/recipes/group-samples'
import { guide, startIteration } from '@engine/recipes/iteration'
import { LEAVE_ONE_OUT } from '@engine/recipes/rloo'
import type { PlanInput } from '@shared/schemas/plan'
import { describe, expect, test } from 'vitest'
import { selectionOf } from '../../bench/guidance/selection'
import { signalOf, VARIANTS } from '../../bench/guidance/signal'
import { add, createSwaps, dot, type Swaps, type SwapsOptions, type Vector, zeros } from '../../bench/guidance/swaps'

type Gpo = PlanInput['gpo']
const SIZE = 4

const hardProblem = (steps: number) => createSwaps({ steps, hard: 0.35, rightIfHard: 0.35, seed: 5 })

/** Iterations of one plan. */
async function collected(
  swaps: Swaps,
  changes: Partial<PlanInput>,
  prompts: number,
  iterations: number,
): Promise<Collected[]> {
  const run = swaps.run(changes, prompts)
  const all: Collected[] = []
  for (let i = 1; i <= iterations; i++) all.push(await collect(run, i, startIteration(run, i), { size: SIZE }))
  return all
}

/** The mean of vectors, and how far it is from another along that one and in all, in standard errors. */
function compared(vectors: readonly Vector[], expected: readonly Vector[]) {
  const n = vectors.length
  const mean = zeros()
  const differences = vectors.map((vector, i) => {
    const difference = Float64Array.from(vector)
    add(difference, expected[i]!, -1)
    return difference
  })
  for (const difference of differences) add(mean, difference, 1 / n)
  const variance = differences.reduce((sum, difference) => sum + dot(difference, difference), 0) / n - dot(mean, mean)
  // |mean|² of n independent differences without bias has the expectation variance / n.
  return { ratio: dot(mean, mean) / (variance / n), size: Math.sqrt(dot(mean, mean)) }
}

const groupGradient = (swaps: Swaps, collected: Collected): Vector => {
  const sum = zeros()
  for (const sample of groupSamples(collected, LEAVE_ONE_OUT)) add(sum, swaps.sampleGradient(sample))
  return sum
}

/** Only one group of an iteration. */
const oneGroup = (group: Collected['groups'][number]): Collected => ({
  trajectories: [],
  guided: [],
  resets: [],
  walks: [],
  groups: [group],
})

describe('the mean gradient equals the exact gradient of the value of its start', () => {
  const swaps = hardProblem(4)
  const guided = (gpo: Gpo): Partial<PlanInput> => ({
    gpo: { criticalStep: 'undecided', reuseRollouts: false, ...gpo },
  })

  /** Gradients of groups, and what they estimate: the gradient of the value of the state where they start, times their rollouts. */
  async function ofGroups(changes: Partial<PlanInput>, prompts = 32, iterations = 60) {
    const groups = (await collected(swaps, changes, prompts, iterations)).flatMap(({ groups }) => groups)
    const gradients = groups.map((group) => groupGradient(swaps, oneGroup(group)))
    const exact = groups.map(({ rollouts }) => {
      const { task, tokens, kept } = rollouts[0]!
      const gradient = zeros()
      add(gradient, swaps.valueGradient(task, tokens, kept), rollouts.length)
      return gradient
    })
    return compared(gradients, exact)
  }

  test.each<[string, Partial<PlanInput>]>([
    ['without guidance', { gpo: { criticalStep: 'none' } }],
    ['from the undecided state, with new rollouts', guided({})],
    ['from the state with the largest advantage, with new rollouts', guided({ criticalStep: 'max' })],
    ['from a random state, with its continuations', guided({ criticalStep: 'random', reuseRollouts: true })],
    ['half from the prompt', guided({ startMix: 0.5 })],
    ['after a bisection, with new rollouts', guided({ search: 'bisect' })],
    ['after an adaptive search, with new rollouts', guided({ search: 'adaptive' })],
  ])('%s', async (_, changes) => {
    expect((await ofGroups(changes)).ratio).toBeLessThan(1.6)
  })

  test('of all continuations, state by state', async () => {
    const all = await collected(swaps, guided({ trainOn: 'all' }), 32, 60)
    const vectors: Vector[] = []
    const exact: Vector[] = []
    for (const { walks } of all)
      for (const { continuations, verdict, tokens, task, steps } of walks)
        continuations.forEach((rollouts, state) => {
          const group = { rollouts, companions: [verdict.reward] }
          vectors.push(groupGradient(swaps, oneGroup(group)))
          const gradient = zeros()
          add(gradient, swaps.valueGradient(task, tokens, steps[state]!.start), rollouts.length)
          exact.push(gradient)
        })
    expect(compared(vectors, exact).ratio).toBeLessThan(1.6)
  })

  test("of the trajectory's own steps: the gradient from the prompt", async () => {
    const all = await collected(swaps, guided({ trainOn: 'all' }), 32, 60)
    const walks = all.flatMap(({ walks }) => walks)
    const vectors = walks.map((walk) => groupGradient(swaps, { ...oneGroup(groupOf([])), groups: [], walks: [walk] }))
    const exact = walks.map(({ task, tokens }) => swaps.valueGradient(task, tokens, 0))
    expect(compared(vectors, exact).ratio).toBeLessThan(1.6)
  })

  test('where only decided prompts are guided: the base groups alone still estimate the gradient from the prompts', async () => {
    const all = await collected(swaps, guided({ when: 'decided' }), 32, 60)
    const vectors: Vector[] = []
    const exact: Vector[] = []
    for (const { groups, trajectories } of all)
      for (let i = 0; i < trajectories.length; i += SIZE) {
        const { task, tokens } = trajectories[i]!
        const own = groups.find(({ rollouts }) => rollouts[0] === trajectories[i]) // absent: decided, a gradient of 0
        vectors.push(own ? groupGradient(swaps, oneGroup(own)) : zeros())
        const gradient = zeros()
        add(gradient, swaps.valueGradient(task, tokens, 0), SIZE)
        exact.push(gradient)
      }
    expect(compared(vectors, exact).ratio).toBeLessThan(1.6)
  })

  test('but not of continuations that are reused after they chose the state: the gradient is larger, in the same direction', async () => {
    const groups = (await collected(swaps, guided({ reuseRollouts: true }), 32, 60)).flatMap(({ groups }) => groups)
    const mean = zeros()
    const target = zeros()
    for (const group of groups) {
      const { task, tokens, kept } = group.rollouts[0]!
      add(mean, groupGradient(swaps, oneGroup(group)))
      add(target, swaps.valueGradient(task, tokens, kept), SIZE)
    }
    const scale = dot(mean, target) / dot(target, target)
    expect(scale).toBeGreaterThan(1.1)
    expect(dot(mean, target) / Math.sqrt(dot(mean, mean) * dot(target, target))).toBeGreaterThan(0.97)
  })

  test('and not of repaired failures: filtering by success moves it', async () => {
    const ppo = { objective: { kind: 'ppo' }, gpo: { mode: 'repair', criticalStep: 'value' } } as const
    const all = await collected(swaps, ppo, 32, 60)
    const rollouts = all.flatMap(({ groups }) => groups.flatMap(({ rollouts }) => rollouts))
    const vectors = rollouts.map((rollout) => {
      const baseline = swaps.value(rollout.task, rollout.tokens, 0)
      const advantages = new Float32Array(rollout.logprobs.length).fill(rollout.verdict.reward - baseline)
      return swaps.sampleGradient({ rollout, advantages })
    })
    const exact = rollouts.map(({ task, tokens }) => swaps.valueGradient(task, tokens, 0))
    expect(compared(vectors, exact).ratio).toBeGreaterThan(30)
  })

  test('and not of reused continuations against an exact critic: they were chosen for their outcome', async () => {
    const surprise = async (reuseRollouts: boolean) => {
      const groups = (await collected(swaps, guided({ criticalStep: 'max', reuseRollouts }), 32, 60)).flatMap(
        ({ groups }) => groups,
      )
      const errors = groups.flatMap(({ rollouts }) =>
        rollouts.map(({ task, tokens, kept, verdict }) => verdict.reward - swaps.value(task, tokens, kept)),
      )
      return errors.reduce((sum, error) => sum + error, 0) / errors.length
    }
    expect(Math.abs(await surprise(false))).toBeLessThan(0.02)
    expect(await surprise(true)).toBeLessThan(-0.05)
  })
})

describe('the signal of the gradient, per prompt', { timeout: 180_000 }, () => {
  /** Enough that the signal of the base is known to about a fifth. */
  const PROMPTS = 3000

  const ofVariant = async (options: SwapsOptions, name: string) => {
    const variant = VARIANTS.find((one) => one.name === name)
    if (!variant) throw new Error(`no variant ${name}`)
    return signalOf(options, variant, PROMPTS)
  }

  /** The order of shared/design/method.md, section 5. */
  test('is largest from the undecided state, then from the prompt, and smallest from a random state and from the largest advantage', async () => {
    const options = { steps: 5, hard: 0.35, rightIfHard: 0.35, seed: 5 }
    const [undecided, base, random, max] = await Promise.all(
      ['undecided', 'base: leave-one-out from the prompt', 'random', 'max'].map((name) => ofVariant(options, name)),
    )
    expect(undecided!.signalToNoise).toBeGreaterThan(1.1 * base!.signalToNoise)
    expect(base!.signalToNoise).toBeGreaterThan(1.2 * random!.signalToNoise)
    expect(base!.signalToNoise).toBeGreaterThan(1.5 * max!.signalToNoise)
    expect(undecided!.mixedShare).toBeGreaterThan(base!.mixedShare)
    expect(max!.mixedShare).toBeLessThan(base!.mixedShare)
  })

  test('is larger still on long problems with little success, and guiding decided prompts only has most of it', async () => {
    const options = { steps: 12, hard: 0.4, rightIfHard: 0.65, isStrict: true, seed: 5 }
    const [undecided, base, decided] = await Promise.all(
      ['undecided', 'base: leave-one-out from the prompt', 'undecided where decided'].map((name) =>
        ofVariant(options, name),
      ),
    )
    expect(undecided!.signalToNoise).toBeGreaterThan(1.5 * base!.signalToNoise)
    expect(decided!.signalToNoise).toBeGreaterThan(1.5 * base!.signalToNoise)
  })
})

describe('a search for the undecided state', () => {
  const short = { steps: 5, hard: 0.35, rightIfHard: 0.35, seed: 5 }
  const long = { steps: 12, hard: 0.4, rightIfHard: 0.65, isStrict: true, seed: 5 }

  test.each([
    ['short', 4, short],
    ['short', 8, short],
    ['long', 4, long],
    ['long', 8, long],
  ] as const)(
    'adaptive, on %s problems: nearly the choice of every state with N = %i, for less than half of its tokens',
    async (_, samples, options) => {
      const all = await selectionOf(options, 'exhaustive', samples, 512)
      const adaptive = await selectionOf(options, 'adaptive', samples, 512)
      const fewer = await selectionOf(options, 'exhaustive', samples / 2, 512)
      expect(adaptive.tokens).toBeLessThan(0.5 * all.tokens)
      expect(adaptive.quality).toBeGreaterThan(0.95 * all.quality)
      // The same number of tokens, spread evenly, choose no better.
      expect(fewer.tokens).toBeGreaterThan(adaptive.tokens)
      expect(adaptive.quality).toBeGreaterThan(0.99 * fewer.quality)
    },
  )

  test('by bisection visits few states and stops at one that is undecided', async () => {
    const swaps = createSwaps(long)
    const run = swaps.run({ gpo: { criticalStep: 'undecided', search: 'bisect' } }, 64)
    const iteration = startIteration(run, 1)
    const guided = await guide(iteration, await iteration.sample(run.tasks.slice(0, 64), 1))
    for (const { trajectory } of guided) {
      const visited = trajectory.states.slice(0, -1).filter(({ samples }) => samples > 0)
      expect(visited.length).toBeLessThanOrEqual(4) // log₂ 12
      for (const { samples } of visited) expect(samples).toBe(4)
      expect(visited.filter(({ value }) => value! >= 0.25 && value! <= 0.75).length).toBeLessThanOrEqual(1)
    }
  })

  test('samples a state that trajectories share once for all of them', async () => {
    const swaps = createSwaps(long)
    const run = swaps.run({ gpo: { criticalStep: 'undecided', samples: 4 } }, 1)
    const iteration = startIteration(run, 1)
    const [task] = run.tasks
    const before = swaps.sampler.counters.decoded
    const sampled = await iteration.sample([task!], 2) // two trajectories of one prompt
    const guided = await guide(iteration, sampled)
    for (const { trajectory } of guided)
      for (const { samples } of trajectory.states.slice(0, -1)) expect(samples).toBe(4)
    expect(guided[0]!.trajectory.continuations[0]).toEqual(guided[1]!.trajectory.continuations[0])
    const tokens = ([a, b]: readonly Int32Array[]) => a!.findIndex((token, i) => token !== b![i])
    const shared = tokens(sampled.map((one) => one.tokens)) // states 0 … shared have the same prefix
    expect(shared).toBeGreaterThanOrEqual(0)
    const own = 4 * ((12 * 13) / 2)
    const both = Array.from({ length: shared + 1 }, (_, state) => 4 * (12 - state)).reduce((sum, n) => sum + n, 0)
    expect(swaps.sampler.counters.decoded - before).toBe(2 * 12 + 2 * own - both)
  })

  test('gives the same values again for the same seed', async () => {
    const run = createSwaps(long).run({ gpo: { criticalStep: 'undecided', search: 'adaptive' } }, 16)
    const once = async () => {
      const iteration = startIteration(run, 3)
      const guided = await guide(iteration, await iteration.sample(run.tasks.slice(0, 16), 1))
      return guided.map(({ trajectory, critical }) => [trajectory.states, critical])
    }
    expect(await once()).toEqual(await once())
  })
})

describe('what an iteration trains on', () => {
  const swaps = createSwaps({ steps: 8, hard: 0.4, rightIfHard: 0.65, isStrict: true, seed: 3 })
  const isMixed = (rewards: readonly number[]) => rewards.some((reward) => reward !== rewards[0])
  const rewards = ({ rollouts }: Collected['groups'][number]) => rollouts.map(({ verdict }) => verdict.reward)

  test('where only decided prompts are guided: the groups that teach are those of the base algorithm', async () => {
    const [base] = await collected(swaps, { gpo: { criticalStep: 'none' } }, 64, 1)
    const [guided] = await collected(swaps, { gpo: { criticalStep: 'undecided', when: 'decided' } }, 64, 1)
    const tokens = ({ rollouts }: Collected['groups'][number]) => rollouts.map((rollout) => [...rollout.tokens].join())
    const teaching = base!.groups.filter((group) => rewards(group).some((reward) => reward > 0))
    expect(teaching.length).toBeGreaterThan(10)
    expect(guided!.groups).toHaveLength(64)
    expect(guided!.groups.slice(0, teaching.length).map(tokens)).toEqual(teaching.map(tokens))
    const rescued = guided!.groups.slice(teaching.length)
    expect(rescued.length).toBe(guided!.guided.length)
    const taught = rescued.filter((group) => isMixed(rewards(group)))
    expect(taught.length).toBeGreaterThan(rescued.length / 3)
    // The prompt is not visited again, and has no value that was estimated from rollouts chosen for failing.
    for (const { trajectory } of guided!.guided) expect(trajectory.states[0]).toMatchObject({ samples: 0, value: null })
    for (const { rollouts } of rescued) expect(rollouts[0]!.kept).toBeGreaterThan(0)
  })

  test('where decided groups are skipped: as many groups as prompts, all with contrast, from further prompts', async () => {
    const plan = { gpo: { criticalStep: 'none' }, budget: { skipDecided: true } } as const
    const [full] = await collected(swaps, plan, 32, 1)
    expect(full!.groups).toHaveLength(32)
    for (const group of full!.groups) expect(isMixed(rewards(group))).toBe(true)
    expect(full!.trajectories.length).toBeGreaterThan(32 * SIZE)
  })

  test('of all continuations: every state with both outcomes, and each trajectory once', async () => {
    const [all] = await collected(swaps, { gpo: { trainOn: 'all' } }, 16, 1)
    expect(all!.walks).toHaveLength(16)
    for (const group of all!.groups) {
      expect(group.companions).toHaveLength(1)
      expect(isMixed([...rewards(group), ...group.companions])).toBe(true)
    }
  })

  test('of repaired failures: whole rollouts, whose kept prefix is trained', async () => {
    const plan = { objective: { kind: 'ppo' }, gpo: { mode: 'repair', criticalStep: 'value' } } as const
    const [all] = await collected(swaps, plan, 16, 1)
    expect(all!.groups).toHaveLength(16 * SIZE)
    const right = (rollouts: readonly { verdict: { reward: number } }[]) =>
      rollouts.filter(({ verdict }) => verdict.reward === 1).length
    const rollouts = all!.groups.flatMap(({ rollouts }) => rollouts)
    for (const { kept, logprobs, tokens } of rollouts) {
      expect(kept).toBe(0)
      expect(logprobs).toHaveLength(tokens.length)
    }
    expect(right(rollouts)).toBeGreaterThan(right(all!.trajectories))
  })
})
