/**
 * ONNX Runtime as its C API gives it, for one device: sessions, tensors in host memory or the device's, copies between the two. Whoever uses it
 * serialises its calls where the device needs that. Knows nothing of graphs or models.
 */
import { GpoError } from '@shared/errors'
import { shown } from '@shared/shown'
import { encodeOnnx } from '../../compile/onnx-proto'
import type { Graph } from '../../tensor/graph'
import { addressOf, bindApi, type OrtApi, OrtError, type Pointer } from './api'
import { openLibrary } from './library'

export type OrtDevice = 'cpu' | 'webgpu' | 'cuda'

/** Numbers of ONNX's types of elements. */
export const ELEMENT = { float32: 1, int8: 3, int32: 6, float16: 10 } as const
export type ElementType = keyof typeof ELEMENT

export interface SessionOptions {
  /** Threads inside an operator; 0 lets ONNX Runtime choose. */
  readonly threads: number
  /** Refuse a graph of which the device would leave a node to the CPU. */
  readonly refusesFallback?: boolean
  /** Note which provider each node was given, for `placements`. */
  readonly notesPlacements?: boolean
}

export interface Placement {
  readonly provider: string
  readonly operator: string
  /** The node's name. */
  readonly node: string
}

export interface OrtSession {
  /** Values in the order of the names given to `openSession`; outputs are written where they are. */
  run(inputs: readonly Pointer[], outputs: readonly Pointer[]): Promise<void>
  placements(): Placement[]
  close(): void
}

export interface OrtRuntime {
  readonly device: OrtDevice
  readonly version: string
  /** @throws GpoError('backend') for a graph or device that ONNX Runtime refuses */
  openSession(name: string, model: Uint8Array, names: SessionNames, options: SessionOptions): Promise<OrtSession>
  /** Host memory as a value: `data` must live as long as it. */
  wrap(data: ArrayBufferView, shape: readonly number[], type: ElementType): Pointer
  /** New memory of the device, not filled. @throws GpoError('backend') when there is not enough */
  allocate(shape: readonly number[], type: ElementType): Pointer
  /** On this thread. */
  copy(from: Pointer, to: Pointer): void
  /** On another thread. */
  copyAll(from: readonly Pointer[], to: readonly Pointer[]): Promise<void>
  release(value: Pointer): void
  close(): void
}

export interface SessionNames {
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

const LOG_ERRORS = 3
const OPTIMISE_ALL = 99

interface Root {
  readonly api: OrtApi
  readonly env: Pointer
}
let root: Root | null = null

/** One environment a process. It is never released: ONNX Runtime's own threads use it until the end. */
function open(): Root {
  if (root) return root
  const api = bindApi(openLibrary())
  root = { api, env: api.make('CreateEnv', LOG_ERRORS, 'gpo') }
  return root
}

/** Names as C strings, and an array of their addresses. Both live as long as the object. */
function cStrings(names: readonly string[]): { readonly pointers: BigUint64Array; readonly keep: Uint8Array[] } {
  const keep = names.map((name) => new TextEncoder().encode(`${name}\0`))
  return { keep, pointers: BigUint64Array.from(keep, (bytes) => addressOf(bytes)) }
}

/** What to do where a device's memory does not do. */
export const LESS_MEMORY = 'lower budget.microbatchTokens, rollout.lanes or rollout.maxNewTokens'

/** @returns a GpoError('backend') in words a person can act on */
export function explain(device: OrtDevice, what: string, error: unknown): GpoError {
  const said = error instanceof OrtError ? error.message : String((error as Error)?.message ?? error)
  const lost = /device (?:is |was )?lost|DEVICE_LOST|CUDA error 700/i.test(said)
  const full =
    /out of memory|OUT_OF_(?:DEVICE|HOST)?_?MEMORY|failed to allocate|bad_alloc|exceeds the max buffer size/i.test(said)
  const [reason, cure] = lost
    ? [
        'the graphics card stopped answering',
        'resume the run from its last checkpoint; if it happens again, update the driver or choose another backend',
      ]
    : full
      ? ['there is not enough memory', LESS_MEMORY]
      : ['ONNX Runtime refused', 'choose another backend, or look into trainer.log']
  return new GpoError('backend', `${what}: ${reason} on '${device}' (${shown(said)}); ${cure}`, { cause: error })
}

function appendProvider({ api }: Root, options: Pointer, device: OrtDevice): void {
  if (device === 'webgpu') api.call('SessionOptionsAppendExecutionProvider', options, 'WebGPU', null, null, 0)
  if (device !== 'cuda') return
  const cuda = api.make('CreateCUDAProviderOptions')
  try {
    api.call('SessionOptionsAppendExecutionProvider_CUDA_V2', options, cuda)
  } finally {
    api.release('ReleaseCUDAProviderOptions', cuda)
  }
}

function sessionOptions(opened: Root, device: OrtDevice, given: SessionOptions): Pointer {
  const { api } = opened
  const options = api.make('CreateSessionOptions')
  const set = (key: string, value: string) => api.call('AddSessionConfigEntry', options, key, value)
  try {
    api.call('SetSessionGraphOptimizationLevel', options, OPTIMISE_ALL)
    api.call('SetIntraOpNumThreads', options, given.threads)
    api.call('SetSessionLogSeverityLevel', options, LOG_ERRORS)
    // Without this, each session would keep its own arena, as large as its largest run: gigabytes for a small model's hundred programs.
    api.call('DisableCpuMemArena', options)
    api.call('DisableMemPattern', options)
    if (given.refusesFallback) set('session.disable_cpu_ep_fallback', '1')
    if (given.notesPlacements) set('session.record_ep_graph_assignment_info', '1')
    // Positions, shapes and sizes are 64-bit integers in ONNX; without this, ONNX Runtime leaves what computes them to the CPU.
    if (device === 'webgpu') set('ep.webgpuexecutionprovider.enableInt64', '1')
    appendProvider(opened, options, device)
    return options
  } catch (error) {
    api.release('ReleaseSessionOptions', options)
    throw error
  }
}

function placementsOf(api: OrtApi, session: Pointer): Placement[] {
  return api.list('Session_GetEpGraphAssignmentInfo', session).flatMap((part) => {
    const provider = api.text('EpAssignedSubgraph_GetEpName', part)
    return api.list('EpAssignedSubgraph_GetNodes', part).map((node) => ({
      provider,
      operator: api.text('EpAssignedNode_GetOperatorType', node),
      node: api.text('EpAssignedNode_GetName', node),
    }))
  })
}

/** What ONNX Runtime calls the memory of a device. */
const MEMORY_NAME = { webgpu: 'WebGPU_Buffer', cuda: 'Cuda' } as const

/** A session that computes nothing: the way to a device's memory leads through one. */
const IDENTITY: Graph = {
  name: 'memory',
  nodes: [{ op: 'Identity', domain: '', inputs: ['x'], outputs: ['y'], attributes: {} }],
  initializers: [],
  inputs: [{ name: 'x', shape: [1], dtype: 'float32' }],
  outputs: [{ name: 'y', shape: [1], dtype: 'float32' }],
  declared: [],
}

interface DeviceMemory {
  readonly allocator: Pointer
  close(): void
}

async function deviceMemory(
  { api }: Root,
  device: 'webgpu' | 'cuda',
  openSession: (...args: Parameters<OrtRuntime['openSession']>) => Promise<OrtSession & { readonly pointer: Pointer }>,
): Promise<DeviceMemory> {
  const session = await openSession('memory', encodeOnnx(IDENTITY), { inputs: ['x'], outputs: ['y'] }, { threads: 1 })
  const info = api.make('CreateMemoryInfo', MEMORY_NAME[device], 0, 0, 0)
  const allocator = api.make('CreateAllocator', session.pointer, info)
  return {
    allocator,
    close() {
      api.release('ReleaseAllocator', allocator)
      api.release('ReleaseMemoryInfo', info)
      session.close()
    },
  }
}

/** @throws GpoError('backend') when the library or the device cannot be used */
export async function createRuntime(device: OrtDevice): Promise<OrtRuntime> {
  const opened = open()
  const { api, env } = opened
  const hostMemory = api.make('CreateCpuMemoryInfo', 0, 0)
  const sizes = (shape: readonly number[]) => BigInt64Array.from(shape, BigInt)

  async function openSession(
    name: string,
    model: Uint8Array,
    names: SessionNames,
    given: SessionOptions,
  ): Promise<OrtSession & { readonly pointer: Pointer }> {
    const inputs = cStrings(names.inputs)
    const outputs = cStrings(names.outputs)
    let session: Pointer
    try {
      const options = sessionOptions(opened, device, given)
      try {
        session = await api.makeLater('CreateSessionFromArray', env, model, model.length, options)
      } finally {
        api.release('ReleaseSessionOptions', options)
      }
    } catch (error) {
      throw explain(device, `'${name}' could not be prepared`, error)
    }
    return {
      pointer: session,
      async run(given, results) {
        const from = BigUint64Array.from(given)
        const to = BigUint64Array.from(results)
        try {
          const counts = [from.length, outputs.pointers, to.length, to] as const
          await api.later('Run', session, null, inputs.pointers, from, ...counts)
        } catch (error) {
          throw explain(device, `'${name}' could not be computed`, error)
        }
      },
      placements: () => placementsOf(api, session),
      close: () => api.release('ReleaseSession', session),
    }
  }

  const memory = device === 'cpu' ? null : await deviceMemory(opened, device, openSession)
  const allocator = memory?.allocator ?? api.make('GetAllocatorWithDefaultOptions')

  return {
    device,
    version: api.version,
    openSession,
    wrap: (data, shape, type) =>
      api.make(
        'CreateTensorWithDataAsOrtValue',
        hostMemory,
        data,
        data.byteLength,
        sizes(shape),
        shape.length,
        ELEMENT[type],
      ),
    allocate(shape, type) {
      try {
        return api.make('CreateTensorAsOrtValue', allocator, sizes(shape), shape.length, ELEMENT[type])
      } catch (error) {
        throw explain(device, `a ${type} tensor [${shape}] could not be made`, error)
      }
    },
    copy: (from, to) => api.call('CopyTensors', env, BigUint64Array.of(from), BigUint64Array.of(to), null, 1),
    async copyAll(from, to) {
      const [sources, targets] = [BigUint64Array.from(from), BigUint64Array.from(to)]
      try {
        await api.later('CopyTensors', env, sources, targets, null, sources.length)
      } catch (error) {
        throw explain(device, `${from.length} tensors could not be copied`, error)
      }
    },
    release: (value) => api.release('ReleaseValue', value),
    close() {
      memory?.close()
      api.release('ReleaseMemoryInfo', hostMemory)
    },
  }
}
