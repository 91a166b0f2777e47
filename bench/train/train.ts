/**
 * One training step in one microbatch: loss and all gradients, then clipping and AdamW, through policy/learner. PyTorch takes the same steps from
 * the same weights on the same batch, eager and compiled, in turns with ours; losses must agree.
 */

import { openBackend } from '@engine/devices/choose'
import { productCeiling, reached, tokenOperations } from '../ceiling'
import { type BenchModel, benchModel, type ModelName, modelNames } from '../models'
import { type Peer, startPeer } from '../peer/peer'
import { compare, median, milliseconds, rounded } from '../statistics'
import { timed } from '../timed'
import { type Adaptation, type Batch, LEARNING_RATE, LENGTH, makeBatch, trainingWork } from './work'

/** Relative; float32 sums in another order, over all steps. */
const TOLERANCE = 1e-3

interface Times {
  readonly gradients: readonly number[]
  readonly updates: readonly number[]
  readonly losses: readonly number[]
}

interface Trainer {
  readonly name: string
  take(steps: number): Promise<Times>
}

const sizes = ({ isLarge }: BenchModel) =>
  isLarge ? { rows: 4, warmup: 2, rounds: 6, steps: 2 } : { rows: 16, warmup: 8, rounds: 12, steps: 5 }

async function ourTrainer(model: BenchModel, kind: Adaptation, data: Batch) {
  const { backend, secondsOf, clear } = timed(await openBackend('onnx'))
  const { policy, learner, batch } = trainingWork(backend, model, kind, data)
  const take = async (steps: number): Promise<Times> => {
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
  const adapters = kind === 'lora' ? await policy.snapshot() : new Map()
  return { trainer: { name: 'ours', take } satisfies Trainer, adapters, close: () => backend.close() }
}

/** Compiled: `torch.compile` of loss and gradients, and of the optimiser's step. */
async function peerTrainer(peer: Peer, kind: Adaptation, isCompiled: boolean, batch: Batch): Promise<Trainer> {
  const rows = (values: Int32Array) =>
    Array.from({ length: batch.rows }, (_, row) => [...values.subarray(row * LENGTH, (row + 1) * LENGTH)])
  const name = isCompiled ? 'compiled' : 'eager'
  const settings = { name, lora: kind === 'lora', compile: isCompiled, learningRate: LEARNING_RATE }
  await peer.ask({ do: 'prepare_train', ...settings, ids: rows(batch.ids), targets: rows(batch.targets) })
  // what peer.py's `train` returns
  return { name, take: async (steps) => (await peer.ask({ do: 'train', name, steps })) as unknown as Times }
}

const steps = ({ gradients, updates }: Times) => gradients.map((seconds, i) => seconds + updates[i]!)

function summary(rounds: readonly Times[], tokens: number) {
  return {
    gradientsMs: milliseconds(rounds.flatMap(({ gradients }) => gradients)),
    stepMs: milliseconds(rounds.flatMap(steps)),
    tokensPerSecond: Math.round(tokens / median(rounds.flatMap(steps))),
  }
}

function worstDifference(ours: readonly Times[], theirs: readonly Times[]): number {
  const expected = theirs.flatMap(({ losses }) => losses)
  const differences = ours.flatMap(({ losses }) => losses).map((loss, i) => Math.abs(loss / expected[i]! - 1))
  const worst = Math.max(...differences)
  if (!(worst < TOLERANCE)) throw new Error(`losses differ from PyTorch's by ${worst}: the work is not the same`)
  return Number(worst.toExponential(1))
}

/** Our times over a peer's. */
function against(ours: readonly Times[], theirs: readonly Times[], tokens: number) {
  const only = (kind: 'gradients' | 'updates') =>
    compare(
      ours.map((times) => times[kind]),
      theirs.map((times) => times[kind]),
    )
  return {
    ...summary(theirs, tokens),
    worstLossDifference: worstDifference(ours, theirs),
    gradients: only('gradients'),
    updates: only('updates'),
    step: compare(ours.map(steps), theirs.map(steps)),
  }
}

async function measure(model: BenchModel, kind: Adaptation, peer: Peer | null, ceiling: number): Promise<object> {
  const { rows, warmup, rounds, steps } = sizes(model)
  const batch = makeBatch(model.config.vocabSize, rows)
  const ours = await ourTrainer(model, kind, batch)
  const trainers: Trainer[] = [ours.trainer]
  if (peer) {
    await peer.load({ ...model, weights: new Map([...model.weights, ...ours.adapters]) })
    trainers.push(await peerTrainer(peer, kind, false, batch))
    if (peer.compiles) trainers.push(await peerTrainer(peer, kind, true, batch))
  }
  for (const trainer of trainers) await trainer.take(warmup)
  const times = new Map<string, Times[]>(trainers.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const { name, take } of trainers) times.get(name)!.push(await take(steps))
    process.stderr.write(`  ${model.name}, ${kind}: round ${round + 1} of ${rounds}\n`)
  }
  await ours.close()
  const [own, ...others] = [...times]
  const losses = own![1].flatMap(({ losses }) => losses)
  const tokens = rows * LENGTH
  return {
    model: model.name,
    adaptation: kind,
    work: `batch ${rows} × ${LENGTH}; ${rounds} rounds of ${steps} steps, in turns`,
    loss: [losses[0], losses.at(-1)].map((x) => rounded(x!, 5)),
    ours: {
      ...summary(own![1], tokens),
      gradientsReach: reached(
        tokens * tokenOperations(model, kind),
        median(own![1].flatMap(({ gradients }) => gradients)),
        ceiling,
      ),
    },
    peers: Object.fromEntries(others.map(([name, theirs]) => [name, against(own![1], theirs, tokens)])),
  }
}

export async function run(wanted: readonly ModelName[]): Promise<object> {
  const peer = await startPeer()
  const isMissing = typeof peer === 'string'
  const models: object[] = []
  const ceiling = await productCeiling()
  for (const name of modelNames(wanted))
    for (const kind of ['full', 'lora'] as const)
      models.push(await measure(benchModel(name), kind, isMissing ? null : peer, ceiling))
  const products = { ceilingGflops: rounded(ceiling / 1e9, 0) }
  if (isMissing) return { ...products, peer: null, reason: peer, models }
  peer.close()
  return { ...products, peer: peer.description, targets: { eager: 1.3, compiled: 1 }, models }
}
