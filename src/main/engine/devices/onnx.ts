/** The compiled backend: recorded graphs run by ONNX Runtime. Tensors are host arrays; a tensor costs nothing to read. */
import { GpoError } from '@shared/errors'
import * as ort from 'onnxruntime-node'
import { compile, type InputSpec } from '../compile/compile'
import { encodeOnnx } from '../compile/onnx-proto'
import {
  type Backend,
  type DeviceTensor,
  type DeviceTensors,
  type HostArray,
  type NarrowArray,
  sizeOfShape,
} from '../tensor/backend'
import type { Graph, GraphValue } from '../tensor/graph'
import { createPrograms, type FlatCall } from '../tensor/program'

interface HostTensor extends DeviceTensor {
  readonly data: HostArray
  readonly ort: ort.Tensor
}

interface NarrowTensor extends DeviceTensor {
  readonly ort: ort.Tensor
}

interface Session {
  readonly session: ort.InferenceSession
  readonly outputs: readonly GraphValue[]
  /** Preallocated outputs, kept from run to run. */
  reused: Record<string, HostTensor> | null
}

export interface OnnxOptions {
  /** Threads inside an operator; 0 lets ONNX Runtime choose. */
  readonly threads?: number
  /** Most compiled programs kept; beyond that, the least recently used one is released. */
  readonly maxPrograms?: number
  /** Write ONNX Runtime's profile of each program, when the backend is closed, to a file whose path begins so. */
  readonly profileTo?: string
}

function hostTensor(data: HostArray, shape: readonly number[]): HostTensor {
  if (data.length !== sizeOfShape(shape)) throw new Error(`${data.length} values for shape [${shape}]`)
  const dtype = data instanceof Int32Array ? 'int32' : 'float32'
  return { shape, dtype, data, ort: new ort.Tensor(dtype, data as never, shape) }
}

/** The binding accepts 16-bit floats only as a Uint16Array, but onnxruntime-common would use a Float16Array where it exists. */
function narrowTensor(data: NarrowArray, shape: readonly [number, number]): NarrowTensor {
  if (data.length !== sizeOfShape(shape)) throw new Error(`${data.length} values for shape [${shape}]`)
  if (data instanceof Int8Array) return { shape, dtype: 'int8', ort: new ort.Tensor('int8', data, shape) }
  const tensor = new ort.Tensor('uint16', data, shape)
  return { shape, dtype: 'float16', ort: Object.assign(tensor, { type: 'float16' as const }) }
}

function emptyTensor({ shape, dtype }: GraphValue): HostTensor {
  const size = sizeOfShape(shape)
  return hostTensor(dtype === 'int32' ? new Int32Array(size) : new Float32Array(size), shape)
}

/** Memory of released fresh outputs, reused for the next ones, because touching new pages is slower than filling used ones. */
function createPool() {
  const lent = new WeakSet<DeviceTensor>()
  const free = new Map<string, HostArray[]>()
  const keyOf = (dtype: string, shape: readonly number[]) => `${dtype} ${sizeOfShape(shape)}`
  return {
    take(value: GraphValue): HostTensor {
      const known = free.get(keyOf(value.dtype, value.shape))?.pop()
      const tensor = known ? hostTensor(known, value.shape) : emptyTensor(value)
      lent.add(tensor)
      return tensor
    },
    /** Arrays made by the caller are not reused; an array released before is ignored. */
    giveBack(tensor: DeviceTensor): void {
      if (!lent.delete(tensor)) return
      const key = keyOf(tensor.dtype, tensor.shape)
      free.set(key, [...(free.get(key) ?? []), (tensor as HostTensor).data])
    },
    clear: () => free.clear(),
  }
}

/** @throws GpoError('backend') when ONNX Runtime refuses the graph */
export function createOnnxBackend(options: OnnxOptions = {}): Backend {
  const maxPrograms = options.maxPrograms ?? 96
  const sessions = new Map<string, Promise<Session>>()
  const pool = createPool()

  const sessionOptions: ort.InferenceSession.SessionOptions = {
    executionProviders: ['cpu'],
    intraOpNumThreads: options.threads ?? 0,
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    // Without this, each session would keep its own arena, as large as its largest run: gigabytes for a small model's hundred programs.
    enableCpuMemArena: false,
    enableMemPattern: false,
    logSeverityLevel: 3,
    ...(options.profileTo === undefined ? {} : { enableProfiling: true, profileFilePrefix: options.profileTo }),
  }

  async function open(graph: Graph): Promise<Session> {
    try {
      const session = await ort.InferenceSession.create(encodeOnnx(graph), sessionOptions)
      return { session, outputs: graph.outputs, reused: null }
    } catch (error) {
      throw new GpoError('backend', `ONNX Runtime could not prepare '${graph.name}': ${String(error)}`, {
        cause: error,
      })
    }
  }

  /** Least recently used programs leave first: a Map keeps insertion order. */
  function remember(key: string, session: Promise<Session>): Promise<Session> {
    sessions.delete(key)
    sessions.set(key, session)
    const oldest = sessions.size > maxPrograms ? sessions.entries().next().value : undefined
    if (oldest) {
      sessions.delete(oldest[0])
      void oldest[1].then(({ session }) => session.release())
    }
    return session
  }

  function sessionFor({ name, key, fn, inputs }: FlatCall): Promise<Session> {
    const known = sessions.get(key)
    if (known) return remember(key, known)
    const specs: Record<string, InputSpec> = Object.fromEntries(
      Object.entries(inputs).map(([input, { shape, dtype }]) => [input, { shape, dtype }]),
    )
    return remember(key, open(compile(name, fn, specs)))
  }

  function outputsOf(session: Session, { outputs, into }: FlatCall): Record<string, HostTensor> {
    if (outputs === 'reused' && session.reused) return session.reused
    const make = outputs === 'reused' ? emptyTensor : pool.take
    const given = (value: GraphValue) => into[value.name.slice('out:'.length)] as HostTensor | undefined
    const made = Object.fromEntries(session.outputs.map((value) => [value.name, given(value) ?? make(value)]))
    if (outputs === 'reused') session.reused = made
    return made
  }

  async function run(call: FlatCall): Promise<DeviceTensors> {
    const session = await sessionFor(call)
    const feeds: Record<string, ort.Tensor> = {}
    for (const [key, tensor] of Object.entries(call.inputs))
      feeds[`in:${key}`] = (tensor as HostTensor | NarrowTensor).ort
    const outputs = outputsOf(session, call)
    const fetches: Record<string, ort.Tensor> = {}
    for (const [key, tensor] of Object.entries(outputs)) fetches[key] = tensor.ort
    await session.session.run(feeds, fetches)
    return Object.fromEntries(Object.entries(outputs).map(([key, tensor]) => [key.slice('out:'.length), tensor]))
  }

  return {
    name: 'onnx',
    device: `CPU (ONNX Runtime ${ort.env.versions.node ?? ''})`,
    sharesHostMemory: true,
    isResident: false,
    isDeterministic: true,
    tensor: hostTensor,
    narrow: narrowTensor,
    read: async (tensor) => (tensor as HostTensor).data,
    dispose: pool.giveBack,
    program: createPrograms(run),
    usage: () => ({ tensors: 0, bytes: 0, programs: sessions.size }),
    async close() {
      const open = await Promise.allSettled(sessions.values())
      sessions.clear()
      pool.clear()
      for (const result of open) {
        if (result.status === 'rejected') continue
        const { session } = result.value
        if (options.profileTo !== undefined) session.endProfiling()
        await session.release()
      }
    },
  }
}
