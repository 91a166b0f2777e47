/** Gradient checkpointing (Chen et al. 2016, arXiv 1604.06174): a part of a model whose activations are computed again for the gradient. */

import { after } from '../core/after'
import { type Tensor, tf } from '../tensor/tf'
import type { Params } from './params'

type Save = (tensors: Tensor[]) => void

/** A gradient within a gradient clears tfjs's tape when it is done: the outer one gets its own back. */
function withOwnTape<T>(work: () => T): T {
  const { state } = tf.engine()
  const outer = state.activeTape
  try {
    return work()
  } finally {
    state.activeTape = outer
  }
}

/**
 * `part(params, x)`, of which only `x` is kept. The gradient flows to `x` and to the part's trained parameters: its adapters where there are some,
 * else all of them.
 * @param prefix of the names of the part's parameters
 * @param part pure; returns a tensor of x's shape. What it uses besides its arguments must not be a tensor made in the same forward pass: that is
 *   gone when the gradient is computed
 */
export function checkpointed(
  params: Params,
  prefix: string,
  x: Tensor,
  part: (params: Params, x: Tensor) => Tensor,
): Tensor {
  const own = Object.keys(params).filter((name) => name.startsWith(prefix))
  const adapters = own.filter((name) => name.includes('.lora_'))
  const moving = adapters.length > 0 ? adapters : own
  const run = (x: Tensor, ...tensors: Tensor[]) =>
    part({ ...params, ...Object.fromEntries(moving.map((name, i) => [name, tensors[i]!])) }, x)
  const op = tf.customGrad((...args) => {
    const tensors = args.slice(0, -1) as unknown as [Tensor, ...Tensor[]]
    const save = args.at(-1) as unknown as Save
    save(tensors)
    const gradFunc = (dy: Tensor, saved: Tensor[]) => {
      const [x, ...weights] = saved as [Tensor, ...Tensor[]]
      const again = (...inputs: Tensor[]) => run(inputs[0]!, ...inputs.slice(1))
      const [dx, ...own] = withOwnTape(() => tf.grads(again)([after(x, dy), ...weights], dy))
      // What is below goes on when this part's own gradients are there: left to the end, they would keep all that was computed again for them.
      return [own.reduce((waiting, gradient) => after(waiting, gradient), dx!), ...own]
    }
    return { value: run(...tensors), gradFunc }
  })
  return op(x, ...moving.map((name) => params[name]!))
}
