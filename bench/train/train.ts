/**
 * One training step, 16 sequences of 128 tokens in one microbatch: loss and all gradients, then clipping and AdamW, through
 * policy/learner. PyTorch eager takes the same steps from the same weights on the same batch, in turns with ours; losses must agree.
 */

import { hash } from '@engine/core/rng'
import { openBackend } from '@engine/devices/choose'
import { sftLoss } from '@engine/objectives/sft'
import type { TokenBatch } from '@engine/policy/batch'
import { createLearner, type LossFunction } from '@engine/policy/learner'
import { createPolicy } from '@engine/policy/policy'
import { forwardLogps } from '@engine/policy/score'
import type { Scalar } from '@engine/tensor/tf'
import { type BenchModel, benchModels } from '../models'
import { type Peer, startPeer } from '../peer/peer'
import { compare, median, milliseconds, rounded } from '../statistics'
import { timed } from '../timed'

const BATCH = 16
const LENGTH = 128
const TOKENS = BATCH * LENGTH
const WARMUP = 8
const ROUNDS = 12
const STEPS = 5
const LEARNING_RATE = 1e-4
/** Relative; float32 sums in another order, over all steps. */
const TOLERANCE = 1e-3

interface Times {
  readonly gradients: readonly number[]
  readonly updates: readonly number[]
  readonly losses: readonly number[]
}

type Trainer = (steps: number) => Promise<Times>

interface Batch {
  readonly ids: Int32Array
  readonly targets: Int32Array
}

/** Random tokens; each predicts the one after it. */
function makeBatch(vocabulary: number): Batch {
  const token = (row: number, t: number) => hash(7, row, t) % vocabulary
  const fill = (shift: number) =>
    Int32Array.from({ length: TOKENS }, (_, i) => token(Math.floor(i / LENGTH), (i % LENGTH) + shift))
  return { ids: fill(0), targets: fill(1) }
}

async function ourTrainer({ config, weights }: BenchModel, { ids, targets }: Batch): Promise<Trainer> {
  const { backend, secondsOf, clear } = timed(await openBackend('onnx'))
  const adaptation = { kind: 'full' } as const
  const policy = createPolicy(backend, config, weights, {
    adaptation,
    seed: 1,
    hasValueHead: false,
    keepsReference: false,
  })
  const loss: LossFunction<TokenBatch & { denominator: Scalar }> = (params, batch) =>
    sftLoss({ ...batch, logp: forwardLogps({ config, temperature: 1 }, params, batch).logps })
  const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, maxGradNorm: 1 }
  const learner = createLearner(backend, policy, 'bench', loss, adam)
  const batch = {
    ids: backend.tensor(ids, [BATCH, LENGTH]),
    targets: backend.tensor(targets, [TOKENS]),
    mask: backend.tensor(new Float32Array(TOKENS).fill(1), [BATCH, LENGTH]),
    denominator: backend.tensor(Float32Array.of(TOKENS), []),
  }
  return async (steps) => {
    clear()
    const whole: number[] = []
    const losses: number[] = []
    for (let i = 0; i < steps; i++) {
      const begin = performance.now()
      losses.push((await learner.step([batch], LEARNING_RATE)).loss)
      whole.push((performance.now() - begin) / 1000)
    }
    const gradients = secondsOf('bench-gradients')
    return { gradients, updates: whole.map((seconds, i) => seconds - gradients[i]!), losses }
  }
}

async function peerTrainer(peer: Peer, model: BenchModel, { ids, targets }: Batch): Promise<Trainer> {
  const rows = (values: Int32Array) =>
    Array.from({ length: BATCH }, (_, row) => [...values.subarray(row * LENGTH, (row + 1) * LENGTH)])
  await peer.load(model)
  await peer.ask({ do: 'prepare_train', ids: rows(ids), targets: rows(targets), learningRate: LEARNING_RATE })
  return async (steps) => (await peer.ask({ do: 'train', steps })) as unknown as Times // what peer.py's `train` returns
}

const steps = ({ gradients, updates }: Times) => gradients.map((seconds, i) => seconds + updates[i]!)

function summary(rounds: readonly Times[]) {
  return {
    gradientsMs: milliseconds(rounds.flatMap(({ gradients }) => gradients)),
    stepMs: milliseconds(rounds.flatMap(steps)),
    tokensPerSecond: Math.round(TOKENS / median(rounds.flatMap(({ gradients }) => gradients))),
  }
}

function worstDifference(ours: readonly Times[], theirs: readonly Times[]): number {
  const expected = theirs.flatMap(({ losses }) => losses)
  const differences = ours.flatMap(({ losses }) => losses).map((loss, i) => Math.abs(loss / expected[i]! - 1))
  const worst = Math.max(...differences)
  if (!(worst < TOLERANCE)) throw new Error(`losses differ from PyTorch's by ${worst}: the work is not the same`)
  return Number(worst.toExponential(1))
}

async function measure(model: BenchModel, peer: Peer | null): Promise<object> {
  const batch = makeBatch(model.config.vocabSize)
  const trainers = [await ourTrainer(model, batch), ...(peer ? [await peerTrainer(peer, model, batch)] : [])]
  for (const train of trainers) await train(WARMUP)
  const rounds: Times[][] = trainers.map(() => [])
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, train] of trainers.entries()) rounds[i]!.push(await train(STEPS))
    process.stderr.write(`  ${model.name}: round ${round + 1} of ${ROUNDS}\n`)
  }
  const [ours, theirs] = rounds as [Times[], Times[] | undefined]
  const lasting = ours.flatMap(({ losses }) => losses)
  const result = {
    model: model.name,
    loss: [lasting[0], lasting.at(-1)].map((x) => rounded(x!, 5)),
    ours: summary(ours),
  }
  if (!theirs) return { ...result, peer: null }
  const only = (kind: 'gradients') =>
    [ours, theirs].map((who) => who.map((times) => times[kind])) as [number[][], number[][]]
  return {
    ...result,
    peer: summary(theirs),
    worstLossDifference: worstDifference(ours, theirs),
    gradients: compare(...only('gradients')),
    step: compare(ours.map(steps), theirs.map(steps)),
  }
}

export async function run(): Promise<object> {
  const peer = await startPeer()
  const models: object[] = []
  for (const model of benchModels()) models.push(await measure(model, typeof peer === 'string' ? null : peer))
  const work = `batch ${BATCH} × ${LENGTH}; ${ROUNDS} rounds of ${STEPS} steps, in turns`
  if (typeof peer === 'string') return { work, peer: null, reason: peer, models }
  peer.close()
  return { work, peer: peer.description, target: 1.2, models }
}
