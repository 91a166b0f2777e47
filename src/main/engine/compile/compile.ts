/**
 * Compiles a pure function of tensors to one graph: runs it once on the recorder with symbolic inputs, then simplifies the record. The function
 * may use any tfjs operation that has a lowering, including `tf.valueAndGrads`; it can see shapes but no values.
 */

import {
  type DType,
  dropDeadNodes,
  type Graph,
  type GraphValue,
  mergeEqualNodes,
  type NarrowDtype,
} from '../tensor/graph'
import { type Provider, RECORDER, recorder } from '../tensor/recorder'
import type { TensorFunction, Tensors } from '../tensor/tensors'
import { tf } from '../tensor/tf'
import { addRowsInPlace, writeOutputsDirectly } from './accumulate'
import { LOWERINGS } from './lowerings'

export interface InputSpec {
  readonly shape: readonly number[]
  readonly dtype: 'float32' | 'int32' | NarrowDtype
}

/** Replaces tfjs's "Kernel 'X' not registered for backend 'record'" by an error that says where to add X. */
function explain(error: unknown, name: string): unknown {
  const kernel = /Kernel '(\w+)' not registered/.exec(String(error))?.[1]
  if (!kernel || kernel in LOWERINGS) return error
  return new Error(
    `'${name}' uses the tfjs kernel '${kernel}', which has no lowering: add it to engine/compile/lowerings or use other operations`,
    { cause: error },
  )
}

/** Each output gets its own node, because ONNX Runtime requires unique output names, and an output may also be an input or another output. */
function namedOutputs(outputs: Tensors): GraphValue[] {
  return Object.entries(outputs).map(([name, tensor]) => {
    const dtype = tensor.dtype as DType
    const source = recorder.nameOf(tensor)
    return { name: recorder.emitNamed('Identity', source, `out:${name}`), shape: tensor.shape, dtype }
  })
}

/**
 * @param name names the graph in errors and profiles
 * @param fn pure: no reads, no variables, every tensor it uses is an input or made inside
 * @param provider what will run the graph: it has only operators that this one computes
 * @returns the graph; its outputs are named `out:` + the key in fn's result
 * @throws Error naming the kernel that has no lowering
 */
export function compile(
  name: string,
  fn: TensorFunction,
  specs: Readonly<Record<string, InputSpec>>,
  provider: Provider = 'cpu',
): Graph {
  const previous = tf.getBackend()
  void tf.setBackend(RECORDER)
  try {
    recorder.reset(provider)
    let graph: Graph | undefined
    tf.tidy(() => {
      const inputs = Object.fromEntries(
        Object.entries(specs).map(([key, { shape, dtype }]) => [key, recorder.input(`in:${key}`, shape, dtype)]),
      )
      graph = recorder.graph(name, namedOutputs(fn(inputs)))
    })
    const merged = mergeEqualNodes(dropDeadNodes(graph!))
    return dropDeadNodes(writeOutputsDirectly(addRowsInPlace(merged)))
  } catch (error) {
    throw explain(error, name)
  } finally {
    recorder.reset()
    if (previous && previous !== RECORDER) void tf.setBackend(previous)
  }
}
