/**
 * The graph of a recorded function: plain data, close to ONNX. Knows neither tfjs nor ONNX Runtime.
 */

export type DType = 'float32' | 'int32' | 'bool' | 'int64' | NarrowDtype
/** Dtypes that only inputs have, and only `Dequantise` reads. */
export type NarrowDtype = 'float16' | 'int8'
export type Values = Float32Array | Int32Array | Uint8Array | BigInt64Array

export interface GraphValue {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: DType
}

export type Attribute = number | string | readonly number[] | { readonly float: number }

export interface GraphNode {
  readonly op: string
  /** '' is the standard operator set; 'com.microsoft' holds ONNX Runtime's own operators. */
  readonly domain: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, Attribute>>
}

export interface Initializer extends GraphValue {
  readonly values: Values
}

export interface Graph {
  readonly name: string
  readonly nodes: readonly GraphNode[]
  readonly initializers: readonly Initializer[]
  readonly inputs: readonly GraphValue[]
  readonly outputs: readonly GraphValue[]
  /** Shapes of results that ONNX Runtime cannot infer; without them it reuses no memory in later nodes. */
  readonly declared: readonly GraphValue[]
}

/** Drops nodes and initializers no output depends on. Inputs stay: they are the function's signature. */
export function dropDeadNodes(graph: Graph): Graph {
  const needed = new Set(graph.outputs.map((value) => value.name))
  const kept: GraphNode[] = []
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((name) => needed.has(name))) continue
    kept.push(node)
    for (const name of node.inputs) needed.add(name)
  }
  return {
    ...graph,
    nodes: kept.reverse(),
    initializers: graph.initializers.filter((value) => needed.has(value.name)),
    declared: graph.declared.filter((value) => needed.has(value.name)),
  }
}

/**
 * Merges nodes that compute the same thing from the same inputs (tfjs's gradients recompute much of the forward pass).
 * Every operator we emit is a pure function, so equal operator, inputs and attributes mean equal outputs.
 */
export function mergeEqualNodes(graph: Graph): Graph {
  const renamed = new Map<string, string>()
  const seen = new Map<string, GraphNode>()
  const isOutput = new Set(graph.outputs.map((value) => value.name))
  const nodes: GraphNode[] = []
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => renamed.get(name) ?? name)
    const key = JSON.stringify([node.domain, node.op, inputs, node.attributes, node.outputs.length])
    const twin = seen.get(key)
    if (twin && !node.outputs.some((name) => isOutput.has(name))) {
      node.outputs.forEach((name, i) => {
        renamed.set(name, twin.outputs[i]!)
      })
      continue
    }
    const merged = { ...node, inputs }
    if (!twin) seen.set(key, merged)
    nodes.push(merged)
  }
  return { ...graph, nodes }
}
