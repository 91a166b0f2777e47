/**
 * A fixed training step of a tiny transformer: every candidate backend must reproduce its loss and gradients before it is used. The
 * stored values are PyTorch's, made by tests/parity/self_test.py.
 */

import type { ModelConfig } from '../../formats/model-config'
import { expectedWeights } from '../../formats/weights'
import { gatherLogProb } from '../core/logprob'
import { forward, head } from '../model/llama'
import type { Backend } from '../tensor/backend'
import type { Tensors } from '../tensor/tensors'
import { type Scalar, type Tensor, type Tensor1D, type Tensor2D, tf } from '../tensor/tf'
import golden from './self-test.golden.json'

export const SELF_TEST_CONFIG: ModelConfig = {
  architecture: 'LlamaForCausalLM',
  vocabSize: 11,
  hiddenSize: 8,
  intermediateSize: 12,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  headDim: 4,
  maxPositions: 16,
  ropeTheta: 10_000,
  rmsNormEps: 1e-5,
  tieWordEmbeddings: true,
  bosTokenId: null,
  eosTokenIds: [1],
  padTokenId: 0,
}

/** Weights by a simple formula: sin(0.7 i + s) / 2 for entry i of tensor s; for norms, 1 + that / 5. */
export function selfTestWeights(): { name: string; shape: readonly number[]; data: Float32Array }[] {
  return [...expectedWeights(SELF_TEST_CONFIG)].map(([name, shape], s) => {
    const size = shape.reduce((a, b) => a * b, 1)
    const wave = (i: number) => Math.sin(0.7 * i + s) / 2
    return {
      name,
      shape,
      data: Float32Array.from({ length: size }, (_, i) => (shape.length === 1 ? 1 + wave(i) / 5 : wave(i))),
    }
  })
}

const IDS = Int32Array.of(3, 7, 1, 9, 4, 2, 5, 10)
const TARGETS = Int32Array.of(7, 1, 9, 6, 2, 5, 10, 8)

interface StepInput {
  readonly params: Tensors
  readonly ids: Tensor2D
  readonly targets: Tensor1D
}

function step({ params, ids, targets }: StepInput) {
  const names = Object.keys(params)
  const named = (tensors: readonly Tensor[]) => Object.fromEntries(names.map((name, i) => [name, tensors[i]!]))
  const loss = (...tensors: Tensor[]) => {
    const { hidden } = forward(SELF_TEST_CONFIG, named(tensors), ids)
    return tf.neg(tf.mean(gatherLogProb(head(SELF_TEST_CONFIG, named(tensors), hidden), targets))) as Scalar
  }
  const { value, grads } = tf.valueAndGrads(loss)(names.map((name) => params[name]!))
  return { loss: value, grads: named(grads) }
}

export interface SelfTestResult {
  readonly loss: number
  /** Largest |difference| over the largest entry, of the loss and of every gradient's sum, norm and first entry. */
  readonly worst: number
  readonly isPassed: boolean
}

const TOLERANCE = 1e-4

const norm = (values: Float32Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))

/** Runs the step on a backend and compares. Never throws for a wrong number; a backend that cannot run it throws its own error. */
export async function selfTest(backend: Backend): Promise<SelfTestResult> {
  const params = Object.fromEntries(
    selfTestWeights().map(({ name, shape, data }) => [name, backend.tensor(data, shape)]),
  )
  const inputs = { params, ids: backend.tensor(IDS, [2, 4]), targets: backend.tensor(TARGETS, [8]) }
  const out = await backend.program('self-test', step).run(inputs, { outputs: 'fresh' })
  const loss = ((await backend.read(out.loss)) as Float32Array)[0]!
  const grads = golden.gradients as Record<string, { norm: number; first: number }>
  let worst = Math.abs(loss - golden.loss) / Math.abs(golden.loss)
  for (const [name, expected] of Object.entries(grads)) {
    const values = (await backend.read(out.grads[name]!)) as Float32Array
    const difference = Math.max(Math.abs(norm(values) - expected.norm), Math.abs(values[0]! - expected.first))
    worst = Math.max(worst, difference / expected.norm)
  }
  const made = [...Object.values(params), inputs.ids, inputs.targets, out.loss, ...Object.values(out.grads)]
  for (const tensor of made) backend.dispose(tensor)
  const isPassed = worst <= TOLERANCE // false for NaN
  return { loss, worst, isPassed }
}
