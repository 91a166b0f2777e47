/** Lowerings of our own kernels: operations for which tfjs would need several passes over large tensors. */
import type { TensorInfo } from '../../tensor/tf'
import type { Lowering } from './lowering'

/** log softmax(logits)[ids]; logits [N, V], ids int32 [N] → [N]. */
const gatherLogProb: Lowering = (recorder, inputs) => {
  const { logits, ids } = inputs as { logits: TensorInfo; ids: TensorInfo }
  const n = logits.shape[0]!
  const all = recorder.emit('LogSoftmax', [recorder.nameOf(logits)], logits.shape, 'float32', {
    attributes: { axis: 1 },
  })
  const wide = recorder.emit('Reshape', [recorder.nameOf(ids), recorder.int64s([n, 1])], [n, 1], 'int32')
  const own = recorder.emit('GatherElements', [all.name, wide.name], [n, 1], 'float32', { attributes: { axis: 1 } })
  return recorder.node('Reshape', [own.name, recorder.int64s([n])], [n], 'float32')
}

/** d gatherLogProb / d logits · dy = dy (onehot(ids) − softmax(logits)): −p dy, and dy added at each id; → [N, V]. */
const gatherLogProbGrad: Lowering = (recorder, inputs) => {
  const { logits, ids, dy } = inputs as { logits: TensorInfo; ids: TensorInfo; dy: TensorInfo }
  const [n, v] = logits.shape as [number, number]
  const all = recorder.emit('LogSoftmax', [recorder.nameOf(logits)], [n, v], 'float32', { attributes: { axis: 1 } })
  const p = recorder.emit('Exp', [all.name], [n, v], 'float32')
  const column = recorder.emit('Reshape', [recorder.nameOf(dy), recorder.int64s([n, 1])], [n, 1], 'float32').name
  const less = recorder.emit('Neg', [column], [n, 1], 'float32')
  const spread = recorder.emit('Mul', [p.name, less.name], [n, v], 'float32')
  const wide = recorder.emit('Reshape', [recorder.nameOf(ids), recorder.int64s([n, 1])], [n, 1], 'int32')
  const attributes = { axis: 1, reduction: 'add' }
  return recorder.node('ScatterElements', [spread.name, wide.name, column], [n, v], 'float32', { attributes })
}

/** ONNX Runtime's own operator; x [N, D], weight [D]. */
const rmsNorm: Lowering = (recorder, inputs, attrs) => {
  const { x, weight } = inputs as { x: TensorInfo; weight: TensorInfo }
  const attributes = { axis: -1, epsilon: { float: Number(attrs['eps']) }, stash_type: 1 }
  const names = [recorder.nameOf(x), recorder.nameOf(weight)]
  return recorder.node('SimplifiedLayerNormalization', names, x.shape, 'float32', { attributes })
}

/** x [B, H, T, D], positions int32 [B, T], cos and sin [length, D/2]. */
const rope: Lowering = (recorder, inputs) => {
  const { x, positions, cos, sin } = inputs as Record<'x' | 'positions' | 'cos' | 'sin', TensorInfo>
  const wide = recorder.emit('Cast', [recorder.nameOf(positions)], positions.shape, 'int64', { attributes: { to: 7 } })
  const names = [recorder.nameOf(x), wide.name, recorder.nameOf(cos), recorder.nameOf(sin)]
  return recorder.node('RotaryEmbedding', names, x.shape, 'float32', {
    domain: 'com.microsoft',
    attributes: { interleaved: 0 },
  })
}

export const fused: Readonly<Record<string, Lowering>> = {
  GatherLogProb: gatherLogProb,
  GatherLogProbGrad: gatherLogProbGrad,
  RmsNorm: rmsNorm,
  Rope: rope,
}
