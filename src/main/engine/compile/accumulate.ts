/** Rewrites of a recorded graph that save passes over large tensors. Knows only operators. */
import type { Graph, GraphNode } from '../tensor/graph'

function usesOf(graph: Graph): Map<string, number> {
  const uses = new Map<string, number>()
  const count = (name: string) => uses.set(name, (uses.get(name) ?? 0) + 1)
  for (const { inputs } of graph.nodes) inputs.forEach(count)
  for (const { name } of graph.outputs) count(name)
  return uses
}

const producers = (nodes: readonly GraphNode[]): Map<string, GraphNode> =>
  new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)))

/**
 * sum + (rows added to zeros) → rows added to sum: the gradient of an embedding joins that of the head without a matrix of zeros and a pass over
 * both. ONNX Runtime overwrites the sum where nothing else reads it.
 */
export function addRowsInPlace(graph: Graph): Graph {
  const uses = usesOf(graph)
  const nodes: GraphNode[] = []
  const made = producers(graph.nodes)
  /** Whose only reader is a sum, and whose base is zeros. */
  const isLoose = (name: string): boolean => {
    const node = made.get(name)
    return node?.op === 'ScatterElements' && uses.get(name) === 1 && made.get(node.inputs[0]!)?.op === 'Expand'
  }
  for (const node of graph.nodes) {
    const at = node.op === 'Add' ? node.inputs.findIndex(isLoose) : -1
    if (at < 0) {
      nodes.push(node)
      continue
    }
    const scatter = made.get(node.inputs[at]!)!
    const joined = { ...scatter, inputs: [node.inputs[1 - at]!, ...scatter.inputs.slice(1)], outputs: node.outputs }
    nodes.push(joined)
    made.set(node.outputs[0]!, joined)
  }
  return { ...graph, nodes }
}

/** What a node writes last gets the name of the output that copies it, so that it is written where it belongs. */
export function writeOutputsDirectly(graph: Graph): Graph {
  const isOutput = new Set(graph.outputs.map(({ name }) => name))
  const made = producers(graph.nodes)
  const renamed = new Map<string, string>()
  const dropped = new Set<GraphNode>()
  for (const node of graph.nodes) {
    const [output, source] = [node.outputs[0]!, node.inputs[0]!]
    if (node.op !== 'Identity' || !isOutput.has(output)) continue
    if (!made.has(source) || isOutput.has(source) || renamed.has(source)) continue
    renamed.set(source, output)
    dropped.add(node)
  }
  const name = (old: string) => renamed.get(old) ?? old
  const nodes = graph.nodes
    .filter((node) => !dropped.has(node))
    .map((node) => ({ ...node, inputs: node.inputs.map(name), outputs: node.outputs.map(name) }))
  const declared = graph.declared.filter((value) => !renamed.has(value.name))
  return { ...graph, nodes, declared }
}
