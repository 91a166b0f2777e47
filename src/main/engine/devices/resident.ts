/**
 * The resident backend: recorded graphs run by ONNX Runtime's C API on one device, off the event loop. Tensors stay in that device's memory from one
 * program to the next; only what is read comes back. On `cpu` the device's memory is the host's, and tensors are the caller's arrays.
 */
import { GpoError } from '@shared/errors'
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
import type { GraphValue } from '../tensor/graph'
import { createPrograms, type FlatCall } from '../tensor/program'
import type { Pointer } from './ort/api'
import { createQueue } from './ort/queue'
import {
  createRuntime,
  type ElementType,
  LESS_MEMORY,
  type OrtDevice,
  type OrtSession,
  type Placement,
} from './ort/runtime'

export interface ResidentOptions {
  readonly device: OrtDevice
  /** The device's name for people. */
  readonly title?: string
  /** Threads inside an operator on the CPU; 0 lets ONNX Runtime choose. */
  readonly threads?: number
  /** Most compiled programs kept; beyond that, the least recently used one is released. */
  readonly maxPrograms?: number
  /** Refuse graphs of which the device leaves a node to the CPU, and note where each node is. */
  readonly isStrict?: boolean
  /** Treat the CPU's memory as a device's: tensors are copied in and out. For tests of what stays on a device. */
  readonly isApart?: boolean
  /** Bytes of tensors that may be on the device at once. */
  readonly maxBytes?: number
}

/** What went over between the host's memory and the device's. */
export interface Traffic {
  toDevice: number
  toHost: number
  /** Programs run. */
  runs: number
}

export interface ResidentBackend extends Backend {
  readonly traffic: Traffic
  /** Of every compiled program, where its nodes are; only when strict. */
  placements(): Promise<ReadonlyMap<string, readonly Placement[]>>
}

interface ResidentTensor extends DeviceTensor {
  readonly dtype: ElementType
  /** Null when disposed. */
  value: Pointer | null
  /** The array behind it, where that is host memory. */
  readonly data: HostArray | NarrowArray | null
  readonly bytes: number
}

interface Prepared {
  readonly session: OrtSession
  readonly inputs: readonly string[]
  readonly outputs: readonly GraphValue[]
  reused: Record<string, ResidentTensor> | null
}

const WIDTH = { float32: 4, int32: 4, float16: 2, int8: 1 } as const
const NAMES = { cpu: 'onnx', webgpu: 'onnx-webgpu', cuda: 'onnx-cuda' } as const
const TITLES = { cpu: 'CPU', webgpu: 'WebGPU', cuda: 'CUDA' } as const

const inputName = (key: string) => `in:${key}`
const outputKey = ({ name }: GraphValue) => name.slice('out:'.length)

const ARRAYS = { float32: Float32Array, int32: Int32Array, float16: Uint16Array, int8: Int8Array } as const

const emptyArray = (dtype: ElementType, size: number): HostArray | NarrowArray => new ARRAYS[dtype](size)

/** @throws GpoError('backend') when the library or the device cannot be used, or refuses a graph */
export async function createResidentBackend(options: ResidentOptions): Promise<ResidentBackend> {
  const { device, isStrict = false, maxPrograms = 96, maxBytes = Number.POSITIVE_INFINITY } = options
  const isShared = device === 'cpu' && !options.isApart
  const runtime = await createRuntime(device)
  const queue = createQueue()
  const prepared = new Map<string, Promise<Prepared>>()
  const traffic: Traffic = { toDevice: 0, toHost: 0, runs: 0 }
  /** Whose arrays a program reads on another thread. */
  const inUse = new Set<FlatCall>()
  let tensors = 0
  let bytes = 0

  function counted(tensor: ResidentTensor): ResidentTensor {
    tensors++
    bytes += tensor.bytes
    return tensor
  }

  function describe(
    shape: readonly number[],
    dtype: ElementType,
  ): { shape: readonly number[]; dtype: ElementType; bytes: number } {
    return { shape, dtype, bytes: sizeOfShape(shape) * WIDTH[dtype] }
  }

  function wrapped(data: HostArray | NarrowArray, shape: readonly number[], dtype: ElementType): ResidentTensor {
    return counted({ ...describe(shape, dtype), data, value: runtime.wrap(data, shape, dtype) })
  }

  function allocated(shape: readonly number[], dtype: ElementType): ResidentTensor {
    const described = describe(shape, dtype)
    if (!isShared && bytes + described.bytes > maxBytes) {
      const needed = `${bytes + described.bytes} bytes are needed for tensors and ${maxBytes} are allowed`
      throw new GpoError('backend', `out of memory on '${device}': ${needed}; ${LESS_MEMORY}`)
    }
    if (device === 'cpu') return wrapped(emptyArray(dtype, sizeOfShape(shape)), shape, dtype)
    return counted({ ...described, data: null, value: runtime.allocate(shape, dtype) })
  }

  /** Without a tensor of the host around it, which would be counted. */
  function copyIn(data: HostArray | NarrowArray, target: ResidentTensor): void {
    if (target.data) {
      target.data.set(data)
      traffic.toDevice += target.bytes
      return
    }
    const source = runtime.wrap(data, target.shape, target.dtype)
    try {
      runtime.copy(source, target.value!)
      traffic.toDevice += target.bytes
    } finally {
      runtime.release(source)
    }
  }

  function uploaded(data: HostArray | NarrowArray, shape: readonly number[], dtype: ElementType): ResidentTensor {
    if (data.length !== sizeOfShape(shape)) throw new Error(`${data.length} values for shape [${shape}]`)
    if (isShared) return wrapped(data, shape, dtype)
    const target = allocated(shape, dtype)
    // While the device is busy, the copy waits: the caller may change its array meanwhile.
    if (queue.isIdle()) copyIn(data, target)
    else {
      const kept = data.slice()
      queue.soon(() => copyIn(kept, target))
    }
    return target
  }

  function release(tensor: ResidentTensor): void {
    const { value } = tensor
    if (value === null) return
    tensor.value = null
    tensors--
    bytes -= tensor.bytes
    if (queue.isIdle()) runtime.release(value)
    else queue.soon(() => runtime.release(value))
  }

  async function prepare({ name, fn, inputs }: FlatCall): Promise<Prepared> {
    const specs: Record<string, InputSpec> = Object.fromEntries(
      Object.entries(inputs).map(([input, { shape, dtype }]) => [input, { shape, dtype }]),
    )
    const graph = compile(name, fn, specs, device)
    const names = {
      inputs: Object.keys(inputs).map(inputName),
      outputs: graph.outputs.map((value) => value.name),
    }
    const session = await queue.alone(() =>
      runtime.openSession(name, encodeOnnx(graph), names, {
        threads: options.threads ?? 0,
        refusesFallback: isStrict && device !== 'cpu',
        notesPlacements: isStrict,
      }),
    )
    return { session, inputs: Object.keys(inputs), outputs: graph.outputs, reused: null }
  }

  function forget(program: Promise<Prepared>): void {
    void program.then(({ session, reused }) => {
      for (const tensor of Object.values(reused ?? {})) release(tensor)
      queue.soon(session.close)
    })
  }

  /** Least recently used programs leave first: a Map keeps insertion order. */
  function programFor(call: FlatCall): Promise<Prepared> {
    const program = prepared.get(call.key) ?? prepare(call)
    prepared.delete(call.key)
    prepared.set(call.key, program)
    const oldest = prepared.size > maxPrograms ? prepared.entries().next().value : undefined
    if (oldest) {
      prepared.delete(oldest[0])
      forget(oldest[1])
    }
    return program
  }

  /** Those of `results` that are neither the caller's nor kept for the next run. */
  function abandon(results: Record<string, ResidentTensor>, { outputs, into }: FlatCall): void {
    if (outputs === 'reused') return
    for (const [key, tensor] of Object.entries(results)) if (tensor !== into[key]) release(tensor)
  }

  function outputsOf(program: Prepared, call: FlatCall): Record<string, ResidentTensor> {
    if (call.outputs === 'reused' && program.reused) return program.reused
    const results: Record<string, ResidentTensor> = {}
    try {
      for (const value of program.outputs) {
        const key = outputKey(value)
        const given = call.into[key] as ResidentTensor | undefined
        results[key] = given ?? allocated(value.shape, value.dtype as ElementType)
      }
    } catch (error) {
      abandon(results, { ...call, outputs: 'fresh' })
      throw error
    }
    if (call.outputs === 'reused') program.reused = results
    return results
  }

  const pointerOf = (tensor: DeviceTensor, what: string): Pointer => {
    const { value } = tensor as ResidentTensor
    if (value === null) throw new Error(`${what} was disposed`)
    return value
  }

  async function run(call: FlatCall): Promise<DeviceTensors> {
    const program = await programFor(call)
    return queue.alone(async () => {
      const results = outputsOf(program, call)
      const inputs = program.inputs.map((key) => pointerOf(call.inputs[key]!, `the input '${key}' of '${call.name}'`))
      const outputs = program.outputs.map((value) => pointerOf(results[outputKey(value)]!, value.name))
      traffic.runs++
      inUse.add(call)
      try {
        await program.session.run(inputs, outputs)
      } catch (error) {
        abandon(results, call)
        throw error
      } finally {
        inUse.delete(call)
      }
      return results
    })
  }

  async function readAll(wanted: readonly ResidentTensor[]): Promise<HostArray[]> {
    const arrays = wanted.map(({ dtype, shape }) => emptyArray(dtype, sizeOfShape(shape)) as HostArray) // narrow ones are not read
    const targets = wanted.map(({ dtype, shape }, i) => runtime.wrap(arrays[i]!, shape, dtype))
    try {
      await runtime.copyAll(
        wanted.map((tensor) => pointerOf(tensor, 'a tensor that is read')),
        targets,
      )
      for (const tensor of wanted) traffic.toHost += tensor.bytes
      return arrays
    } finally {
      for (const target of targets) runtime.release(target)
    }
  }

  return {
    name: NAMES[device],
    device: `${options.title ? `${options.title}, ` : ''}${TITLES[device]} (ONNX Runtime ${runtime.version})`,
    sharesHostMemory: isShared,
    isResident: !isShared,
    isDeterministic: device === 'cpu',
    traffic,
    tensor: (values, shape) => uploaded(values, shape, values instanceof Int32Array ? 'int32' : 'float32'),
    narrow: (values, shape) => uploaded(values, shape, values instanceof Int8Array ? 'int8' : 'float16'),
    read: async (tensor) => {
      const { data, bytes } = tensor as ResidentTensor
      if (data && !isShared) traffic.toHost += bytes
      if (data) return (isShared ? data : data.slice()) as HostArray
      const [array] = await queue.alone(() => readAll([tensor as ResidentTensor]))
      return array!
    },
    dispose: (tensor) => release(tensor as ResidentTensor),
    program: createPrograms(run),
    usage: () => ({ tensors, bytes, programs: prepared.size }),
    async placements() {
      const found = await Promise.all(
        [...prepared].map(async ([key, program]) => [key, (await program).session.placements()] as const),
      )
      return new Map(found)
    },
    async close() {
      const programs = await Promise.allSettled(prepared.values())
      prepared.clear()
      await queue.alone(async () => {
        for (const result of programs) {
          if (result.status === 'rejected') continue
          for (const tensor of Object.values(result.value.reused ?? {})) release(tensor)
          result.value.session.close()
        }
      })
      runtime.close()
    },
  }
}
