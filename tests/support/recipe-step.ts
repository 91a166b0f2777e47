/** The first optimiser step of a recipe on given rows: the loss and its gradients, as the recipe itself hands them to its optimiser. */
import { createPolicy } from '@engine/policy/policy'
import { type Run, scorerOf } from '@engine/recipes/run'
import { createProcedure, policyNeeds } from '@engine/recipes/train'
import type { Completion, Sampler } from '@engine/rollout/sampler'
import type { Backend, DeviceTensors } from '@engine/tensor/backend'
import type { ModelConfig } from '@main/formats/model-config'
import type { Plan } from '@shared/schemas/plan'
import type { HostTensor } from './architectures'

/** A rollout that the sampler is made to give. Ids end with the stop token. */
export interface GivenRollout {
  readonly prompt: readonly number[]
  readonly completion: readonly number[]
  readonly reward: number
}

export interface Step {
  readonly loss: number
  readonly metrics: Readonly<Record<string, number>>
  readonly gradients: ReadonlyMap<string, Float32Array>
}

/** The backend, which adds up what the programs of that name give as `grads`, over the microbatches. */
function recording(backend: Backend, name: string, sums: Map<string, Float32Array>): Backend {
  const program: Backend['program'] = (title, fn) => {
    const inner = backend.program(title, fn)
    if (title !== name) return inner
    return {
      async run(inputs, options) {
        const out = await inner.run(inputs, options)
        const { grads } = out as unknown as { readonly grads: DeviceTensors } // by its name
        for (const [key, tensor] of Object.entries(grads)) {
          const own = (await backend.read(tensor)) as Float32Array
          sums.set(
            key,
            Float32Array.from(own, (x, i) => x + (sums.get(key)?.[i] ?? 0)),
          )
        }
        return out
      },
    }
  }
  return Object.assign(Object.create(backend) as Backend, { program })
}

/** Gives each prompt its rollouts, one after the other. Their log-probabilities are the reference's: the policy has moved since. */
function givenSampler(run: Pick<Run, 'scorer' | 'policy'>, rollouts: readonly GivenRollout[]): Sampler {
  const prompts: string[] = []
  const empty = { keys: [], values: [], hidden: new Float32Array() }
  return {
    counters: { prefilled: 0, decoded: 0 },
    async prefill(_, given) {
      prompts.push(...given.map(String))
      return given.map((ids, i) => ({ ...empty, length: ids.length, id: i }))
    },
    async sample(_, requests) {
      const waiting = prompts.flatMap((prompt) => rollouts.filter((one) => String(one.prompt) === prompt))
      const sequences = waiting.map(({ prompt, completion }) => ({
        ids: Int32Array.from([...prompt, ...completion]),
        start: prompt.length,
      }))
      const logps = await run.scorer.logps(run.policy.reference(), sequences)
      return requests.map(({ start }, i): Completion => {
        const tokens = Int32Array.from(waiting[i]!.completion)
        return { tokens, logprobs: logps[i]!, isTruncated: false, block: start.block }
      })
    },
  }
}

/** @param data the rows of `Run` that the plan learns from, or rollouts that are given to it */
export async function firstStep(
  backend: Backend,
  plan: Plan,
  model: {
    readonly config: ModelConfig
    readonly policy: Record<string, HostTensor>
    readonly reference: Record<string, HostTensor>
  },
  data: Partial<Pick<Run, 'pairs' | 'labelled'>> & { readonly rollouts?: readonly GivenRollout[] },
): Promise<Step> {
  const gradients = new Map<string, Float32Array>()
  const recorded = recording(backend, `${plan.objective.kind}-gradients`, gradients)
  const copied = (tree: Record<string, HostTensor>) =>
    new Map(Object.entries(tree).map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]))
  const policy = createPolicy(recorded, model.config, copied(model.reference), {
    adaptation: plan.adaptation,
    seed: 1,
    ...policyNeeds(plan),
    keepsReference: true,
  })
  policy.restore(new Map([...(await policy.snapshot()), ...copied(model.policy)]))
  const { rollouts = [], ...rows } = data
  const prompts = [...new Map(rollouts.map(({ prompt }) => [String(prompt), Int32Array.from(prompt)])).values()]
  const rewards = new Map(rollouts.map(({ completion, reward }) => [String(completion.slice(0, -1)), reward]))
  const scorer = scorerOf(recorded, model.config, plan)
  const run: Run = {
    ...{ plan, backend: recorded, policy, scorer, stopTokens: [], onProgress: () => {}, version: () => 0 },
    sampler: givenSampler({ scorer, policy }, rollouts),
    text: { decode: String, prompt: String, pieces: (tokens) => [...tokens].map(String) },
    verify: (completion) => ({ reward: rewards.get(completion)!, status: 'correct', extracted: null }),
    tasks: prompts.map((prompt, row) => ({ row, prompt, reference: '' })),
    ...{
      evaluationTasks: [],
      probes: { tasks: [], maxNewTokens: 1 },
      demonstrations: [],
      pairs: [],
      labelled: [],
      ...rows,
    },
  }
  const { metrics } = await createProcedure(run).iterate(1)
  return { loss: metrics['loss']!, metrics, gradients }
}
