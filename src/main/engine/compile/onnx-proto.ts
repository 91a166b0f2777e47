/**
 * Encodes a graph as an ONNX `ModelProto` (protocol buffers wire format; field numbers from onnx.proto3). Knows nothing of tfjs.
 */
import type { Attribute, DType, Graph, GraphNode, GraphValue, Initializer } from '../tensor/graph'

const IR_VERSION = 9
const OPSET = 18
const ELEMENT_TYPE: Record<DType, number> = { float32: 1, int8: 3, int32: 6, int64: 7, bool: 9, float16: 10 }
const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, ints: 7 } as const

/** A growing list of wire-format chunks; nested messages are encoded first and then prefixed with their length. */
class Writer {
  private readonly chunks: Uint8Array[] = []
  private length = 0

  private push(chunk: Uint8Array): void {
    this.chunks.push(chunk)
    this.length += chunk.length
  }

  private varint(value: number | bigint): void {
    let rest = BigInt.asUintN(64, BigInt(value))
    const bytes: number[] = []
    while (rest > 127n) {
      bytes.push(Number(rest & 127n) | 128)
      rest >>= 7n
    }
    bytes.push(Number(rest))
    this.push(Uint8Array.from(bytes))
  }

  int(field: number, value: number): this {
    this.varint((field << 3) | 0)
    this.varint(value)
    return this
  }

  float(field: number, value: number): this {
    this.varint((field << 3) | 5)
    this.push(new Uint8Array(Float32Array.of(value).buffer))
    return this
  }

  bytes(field: number, value: Uint8Array): this {
    this.varint((field << 3) | 2)
    this.varint(value.length)
    this.push(value)
    return this
  }

  string(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value))
  }

  message(field: number, value: Writer): this {
    return this.bytes(field, value.finish())
  }

  finish(): Uint8Array {
    const out = new Uint8Array(this.length)
    let offset = 0
    for (const chunk of this.chunks) {
      out.set(chunk, offset)
      offset += chunk.length
    }
    return out
  }
}

function attributeProto(name: string, value: Attribute): Writer {
  const writer = new Writer().string(1, name)
  if (typeof value === 'number') return writer.int(3, value).int(20, ATTRIBUTE_TYPE.int)
  if (typeof value === 'string') return writer.string(4, value).int(20, ATTRIBUTE_TYPE.string)
  if ('float' in value) return writer.float(2, value.float).int(20, ATTRIBUTE_TYPE.float)
  for (const item of value) writer.int(8, item)
  return writer.int(20, ATTRIBUTE_TYPE.ints)
}

function nodeProto(node: GraphNode): Writer {
  const writer = new Writer()
  for (const name of node.inputs) writer.string(1, name)
  for (const name of node.outputs) writer.string(2, name)
  writer.string(3, node.outputs[0]!).string(4, node.op)
  for (const [name, value] of Object.entries(node.attributes)) writer.message(5, attributeProto(name, value))
  return node.domain ? writer.string(7, node.domain) : writer
}

function tensorProto({ name, shape, dtype, values }: Initializer): Writer {
  const writer = new Writer()
  for (const size of shape) writer.int(1, size)
  return writer
    .int(2, ELEMENT_TYPE[dtype])
    .string(8, name)
    .bytes(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
}

function valueInfoProto({ name, shape, dtype }: GraphValue): Writer {
  const dims = new Writer()
  for (const size of shape) dims.message(1, new Writer().int(1, size))
  const tensorType = new Writer().int(1, ELEMENT_TYPE[dtype]).message(2, dims)
  return new Writer().string(1, name).message(2, new Writer().message(1, tensorType))
}

/** The bytes of an ONNX model that `InferenceSession.create` reads. */
export function encodeOnnx(graph: Graph): Uint8Array {
  const body = new Writer()
  for (const node of graph.nodes) body.message(1, nodeProto(node))
  body.string(2, graph.name)
  for (const initializer of graph.initializers) body.message(5, tensorProto(initializer))
  for (const value of graph.inputs) body.message(11, valueInfoProto(value))
  for (const value of graph.outputs) body.message(12, valueInfoProto(value))
  for (const value of graph.declared) body.message(13, valueInfoProto(value))
  return new Writer()
    .int(1, IR_VERSION)
    .string(2, 'gpo-studio')
    .message(7, body)
    .message(8, new Writer().string(1, '').int(2, OPSET))
    .message(8, new Writer().string(1, 'com.microsoft').int(2, 1))
    .finish()
}
