import * as ort from 'onnxruntime-node'
import { tf } from '../tensor/tf'

/** Versions of the libraries that compute. */
export function version(): Record<string, string> {
  return { tfjs: tf.version_core, onnxruntime: ort.env.versions.node ?? ort.env.versions.common }
}
