import { RECORDER } from './recorder'
import { tf } from './tf'

/** True while a function is being compiled: our fused kernels then record themselves instead of composing tfjs operations. */
export function isRecording(): boolean {
  return tf.getBackend() === RECORDER
}
