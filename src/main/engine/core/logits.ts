/** From a head's products to the logits that a softmax gets. Knows nothing of models. */
import { type Tensor, tf } from '../tensor/tf'
import { cappedSlope, softcapped } from './softcap'

/** logit = cap(product / divisor) / temperature. */
export interface LogitRules {
  readonly temperature: number
  /** Absent: 1. */
  readonly divisor?: number | undefined
  /** Logits become c · tanh(logit / c), before the temperature. Absent: they stay. */
  readonly softcap?: number | undefined
}

const divided = (x: Tensor, by: number): Tensor => (by === 1 ? x : tf.div(x, by))

export function logitsOf(products: Tensor, { temperature, divisor = 1, softcap }: LogitRules): Tensor {
  if (softcap === undefined) return divided(products, divisor * temperature)
  return divided(softcapped(divided(products, divisor), softcap), temperature)
}

/** d logit / d product = factor · bend(logit). */
export interface LogitSlope {
  readonly factor: number
  /** Of logits of any shape; absent where no cap bends them. */
  readonly bend?: (logits: Tensor) => Tensor
}

export function logitSlope({ temperature, divisor = 1, softcap }: LogitRules): LogitSlope {
  const factor = 1 / (divisor * temperature)
  if (softcap === undefined) return { factor }
  return { factor, bend: (logits) => cappedSlope(tf.mul(logits, temperature), softcap) }
}

/** The gradient of the products from that of the logits. @param logits what `logitsOf` gave; of the gradient's shape */
export function productGradient(dLogits: Tensor, logits: Tensor, rules: LogitRules): Tensor {
  const { factor, bend } = logitSlope(rules)
  const plain = factor === 1 ? dLogits : tf.mul(dLogits, factor)
  return bend ? tf.mul(plain, bend(logits)) : plain
}
