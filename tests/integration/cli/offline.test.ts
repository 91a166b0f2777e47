/** Pairs and labels in the data: DPO, SimPO, ORPO and KTO train on them without sampling or judging. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PlanInput } from '@shared/schemas/plan'
import { describe, expect, it } from 'vitest'
import { expectFailure, gpo, jsonLines, show, type TrainLine, temporaryFolder, writePlan } from '../../support/gpo'

const home = temporaryFolder()
const SUMS = [1, 2, 3, 4, 5, 6]

function file(name: string, rows: readonly object[]): string {
  const path = join(home, name)
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  return path
}

const pairs = file(
  'pairs.jsonl',
  SUMS.map((n) => ({ prompt: `${n}+1=`, chosen: `${n + 1}`, rejected: `${n + 2}` })),
)
const conversations = file(
  'conversations.jsonl',
  SUMS.map((n) => ({
    prompt: [{ role: 'user', content: `${n}+1=` }],
    chosen: [{ role: 'assistant', content: `${n + 1}` }],
    rejected: [{ role: 'assistant', content: `${n + 2}` }],
  })),
)
const labels = file(
  'labels.jsonl',
  SUMS.flatMap((n) => [
    { prompt: `${n}+1=`, completion: `${n + 1}`, label: true },
    { prompt: `${n}+1=`, completion: `${n + 2}`, label: false },
  ]),
)

type Kind = 'dpo' | 'simpo' | 'orpo' | 'kto'

const planFor = (data: string, kind: Kind, changes: Partial<PlanInput> = {}) =>
  writePlan(home, {
    model: { path: 'bundled:tiny' },
    data: { train: { path: data } },
    objective: { kind },
    gpo: { criticalStep: 'none' },
    rollout: { maxNewTokens: 8 },
    optimiser: { learningRate: 0.003 },
    budget: { iterations: 12, promptsPerIteration: 6, trainedPerPrompt: 2 },
    ...changes,
  } satisfies PlanInput)

async function train(plan: string): Promise<readonly Readonly<Record<string, number>>[]> {
  const ended = await gpo(home, 'train', plan, '--json')
  expect(ended.code, ended.stderr).toBe(0)
  const lines = jsonLines<TrainLine>(ended)
  expect(lines.filter(({ type }) => type === 'trajectories')).toEqual([])
  return lines.flatMap((line) => (line.type === 'metrics' ? [line.values] : []))
}

describe('pairs of the data', () => {
  it.each([
    ['with prompts as text', pairs],
    ['as conversations', conversations],
  ])('train DPO, %s: the first loss is log 2, and the chosen answers win', async (_, data) => {
    const metrics = await train(planFor(data, 'dpo'))
    expect(metrics[0]!['loss']).toBeCloseTo(Math.log(2), 4) // policy and reference are equal
    expect(metrics[0]).toMatchObject({ pairs: 6, epoch: 1 })
    expect(metrics[0]).not.toHaveProperty('reward')
    expect(metrics.at(-1)!['loss']).toBeLessThan(0.6)
    expect(metrics.at(-1)!['rewards/accuracies']).toBe(1)
  })

  it.each(['simpo', 'orpo'] as const)('train %s: the loss falls', async (kind) => {
    const metrics = await train(planFor(pairs, kind))
    expect(metrics.at(-1)!['loss']).toBeLessThan(metrics[0]!['loss']!)
  })

  it('train KTO, each as two labelled completions: six are half an epoch, the first loss is a half', async () => {
    const [first] = await train(planFor(pairs, 'kto'))
    expect(first).toMatchObject({ epoch: 0.5 })
    expect(first!['loss']).toBeCloseTo(0.5, 4)
  })

  it('are the same in every run with one seed', async () => {
    const again = async () => (await train(planFor(pairs, 'dpo'))).map(({ loss }) => loss)
    expect(await again()).toEqual(await again())
  })

  it('are no prompts to guide from without answers: the way to train on them is said', async () => {
    const ended = await gpo(home, 'train', planFor(pairs, 'dpo', { gpo: { criticalStep: 'max' } }))
    expectFailure(ended, 3, /no reference answers/, /set gpo\.criticalStep to none to train on its pairs directly/)
  })

  it('cannot be held out for accuracy, which needs answers', async () => {
    const plan = planFor(pairs, 'dpo', { data: { train: { path: pairs }, holdOut: 0.5 } })
    expectFailure(await gpo(home, 'train', plan), 3, /data\.holdOut is 0\.5.*no reference answers/)
  })
})

describe('labels of the data', () => {
  it('train KTO: desirable completions gain, the others lose', async () => {
    const metrics = await train(planFor(labels, 'kto'))
    expect(metrics.at(-1)!['rewards/margins']).toBeGreaterThan(0.1)
    expect((await show(home)).status).toBe('completed')
  })

  it('are none for pairwise objectives', async () => {
    expectFailure(await gpo(home, 'train', planFor(labels, 'dpo')), 3, /no reference answers/)
  })
})
