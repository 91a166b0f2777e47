/**
 * The one import of TensorFlow.js in the engine: operations with all their gradients registered. Plain Node cannot load its modules (imports
 * without extensions), so the build and the tests bundle them.
 */
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-core/dist/register_all_gradients'

export type { Scalar, Tensor, Tensor1D, Tensor2D, TensorInfo } from '@tensorflow/tfjs-core'
export { tf }
