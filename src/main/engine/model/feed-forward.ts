/** The feed-forward part of a layer: two projections, one of them bent, multiplied (Shazeer 2020, arXiv 2002.05202). */
import type { ModelConfig } from '../../formats/model-config'
import { type Tensor, tf } from '../tensor/tf'
import { linear } from './lora'
import type { Params } from './params'

interface Bend {
  readonly value: Tensor
  readonly slope: Tensor
}
type Activation = (gate: Tensor) => Bend

/** g σ(g). */
const silu: Activation = (gate) => {
  const s = tf.sigmoid(gate)
  const value = tf.mul(gate, s)
  return { value, slope: tf.add(s, tf.mul(value, tf.sub(1, s))) }
}

const ROOT = Math.sqrt(2 / Math.PI)
const CUBIC = 0.044715

/** g/2 (1 + tanh(√(2/π) (g + 0.044715 g³))) (Hendrycks & Gimpel 2016, arXiv 1606.08415). */
const gelu: Activation = (gate) => {
  const squared = tf.square(gate)
  const t = tf.tanh(tf.mul(gate, tf.add(tf.mul(squared, ROOT * CUBIC), ROOT)))
  const half = tf.mul(tf.add(t, 1), 0.5)
  const inner = tf.add(tf.mul(squared, 1.5 * ROOT * CUBIC), 0.5 * ROOT)
  const bend = tf.mul(tf.mul(gate, tf.sub(1, tf.square(t))), inner)
  return { value: tf.mul(gate, half), slope: tf.add(half, bend) }
}

/** act(gate) · up with the gradient written out: one pass of the activation for both directions. Shapes all equal. */
function gated(activation: Activation, gate: Tensor, up: Tensor): Tensor {
  const op = tf.customGrad((...args) => {
    const [g, u, save] = args as unknown as [Tensor, Tensor, (tensors: Tensor[]) => void]
    save([g, u])
    const gradFunc = (dy: Tensor, saved: Tensor[]) => {
      const [g, u] = saved as [Tensor, Tensor]
      const { value, slope } = activation(g)
      return [tf.mul(tf.mul(dy, u), slope), tf.mul(dy, value)]
    }
    return { value: tf.mul(activation(g).value, u), gradFunc }
  })
  return op(gate, up)
}

/** [N, hidden] → gate and up, [N, intermediate] each. */
function gateAndUp({ isFused, intermediateSize }: ModelConfig, params: Params, mlp: string, x: Tensor) {
  if (!isFused) return [linear(params, `${mlp}.gate_proj`, x), linear(params, `${mlp}.up_proj`, x)] as const
  const both = linear(params, `${mlp}.gate_up_proj`, x)
  return tf.split(both, [intermediateSize, intermediateSize], 1) as [Tensor, Tensor]
}

/** @param x [N, hidden] @returns [N, hidden] */
export function feedForward(config: ModelConfig, params: Params, layer: string, x: Tensor): Tensor {
  const [gate, up] = gateAndUp(config, params, `${layer}.mlp`, x)
  return linear(params, `${layer}.mlp.down_proj`, gated(config.activation === 'gelu' ? gelu : silu, gate, up))
}
