/**
 * The backends, in order of preference. Each is opened only on request; one that cannot be opened says why. Heavy libraries are loaded only here.
 */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import util from 'node:util'
import type { BackendName } from '@shared/schemas/plan'
import type { Backend } from '../tensor/backend'
import { tf } from '../tensor/tf'
import { createEagerBackend } from './eager'
import { registerMissingKernels } from './kernels'
import { createOnnxBackend } from './onnx'
import { requireCudaFiles } from './ort/cuda'
import { libraryPath, openLibrary } from './ort/library'
import { createResidentBackend } from './resident'

export interface Candidate {
  readonly name: BackendName
  /** True if `auto` may choose it; others are used only by name. */
  readonly isAutomatic: boolean
  /** Throws an Error whose message says why it cannot be used here. */
  open(options: OpenOptions): Promise<Opened>
}

export interface OpenOptions {
  readonly threads?: number
  /** Also accepts a software renderer, because the person chose this backend by name. */
  readonly isAskedFor: boolean
}

export interface Opened {
  readonly backend: Backend
  /** Memory of the device in bytes; null if unknown. */
  readonly memory: number | null
}

const requireHere = createRequire(import.meta.url)

const cpuName = () => `${cpus()[0]?.model.trim() ?? 'CPU'}, ${cpus().length} threads`

async function activateTfjs(name: string): Promise<void> {
  if (!(await tf.setBackend(name))) throw new Error(`tfjs could not start its '${name}' backend`)
  await tf.ready()
  registerMissingKernels(name)
}

/** tfjs-node 4.22 calls `util.isNullOrUndefined`, which Node removed in version 23. */
function restoreNodeUtil(): void {
  const legacy = util as unknown as Record<string, unknown>
  legacy['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined
}

async function openTensorflow(): Promise<Opened> {
  restoreNodeUtil()
  const reasons: string[] = []
  for (const library of ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node']) {
    try {
      requireHere(library)
    } catch (error) {
      const isMissing = (error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND'
      reasons.push(`${library}: ${isMissing ? 'not installed' : String((error as Error).message).split('\n')[0]}`)
      continue
    }
    await activateTfjs('tensorflow')
    const device = library.endsWith('gpu') ? 'CUDA (TensorFlow)' : `${cpuName()} (TensorFlow)`
    return {
      backend: createEagerBackend({ name: 'tensorflow', tfjsName: 'tensorflow', device, isDeterministic: false }),
      memory: null,
    }
  }
  throw new Error(reasons.join('; '))
}

interface AdapterInfo {
  readonly vendor: string
  readonly architecture: string
  readonly device: string
  readonly description: string
}
interface Adapter {
  readonly info: AdapterInfo
  readonly isFallbackAdapter?: boolean
}

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|software|basic render/i

/** Dawn under `navigator.gpu`, once per process. */
async function webgpuAdapter(): Promise<Adapter> {
  const { create, globals } = (await import('webgpu')) as { create: (flags: string[]) => unknown; globals: object }
  const scope = globalThis as unknown as { navigator?: { gpu?: unknown } }
  Object.assign(globalThis, globals)
  if (!scope.navigator?.gpu) {
    const gpu = create([])
    Object.defineProperty(globalThis, 'navigator', {
      value: { ...scope.navigator, gpu, userAgent: 'node' },
      configurable: true,
    })
  }
  const gpu = (globalThis as unknown as { navigator: { gpu: { requestAdapter(o: object): Promise<Adapter | null> } } })
    .navigator.gpu
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
  if (!adapter) throw new Error('no WebGPU adapter: no graphics driver with Vulkan, Metal or Direct3D 12 was found')
  return adapter
}

const adapterName = ({ info }: Adapter) =>
  info.description || info.device || `${info.vendor} ${info.architecture}`.trim() || 'unknown adapter'

function refuseSoftware(adapter: Adapter, isAskedFor: boolean): void {
  const isSoftware = adapter.isFallbackAdapter || SOFTWARE.test(JSON.stringify(Object.values(adapterInfo(adapter))))
  if (isSoftware && !isAskedFor)
    throw new Error(
      `${adapterName(adapter)} is a software renderer: slower than the CPU backends; choose it by name to use it`,
    )
}

/** Dawn's info object has getters only. */
function adapterInfo({ info }: Adapter): AdapterInfo {
  return { vendor: info.vendor, architecture: info.architecture, device: info.device, description: info.description }
}

async function openWebgpu({ isAskedFor }: OpenOptions): Promise<Opened> {
  const adapter = await webgpuAdapter()
  refuseSoftware(adapter, isAskedFor)
  await import('@tensorflow/tfjs-backend-webgpu')
  await activateTfjs('webgpu')
  const device = `${adapterName(adapter)} (WebGPU)`
  return {
    backend: createEagerBackend({ name: 'webgpu', tfjsName: 'webgpu', device, isDeterministic: false }),
    memory: null,
  }
}

/** Beside the built program, or in the package. */
function wasmFolder(): string {
  const built = [import.meta.dirname, dirname(import.meta.dirname)].map((folder) => join(folder, 'tfjs-wasm'))
  const found = built.find((folder) => existsSync(folder))
  return found ?? join(dirname(requireHere.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist')
}

async function openWasm(): Promise<Opened> {
  const folder = wasmFolder()
  // Its loader was written for CommonJS and reads __dirname, which ES modules do not have.
  ;(globalThis as { __dirname?: string }).__dirname ??= folder
  const wasm = await import('@tensorflow/tfjs-backend-wasm')
  wasm.setWasmPaths(join(folder, '/'))
  await activateTfjs('wasm')
  return {
    backend: createEagerBackend({
      name: 'wasm',
      tfjsName: 'wasm',
      device: `${cpuName()} (WebAssembly)`,
      isDeterministic: true,
    }),
    memory: totalmem(),
  }
}

async function openCpu(): Promise<Opened> {
  await import('@tensorflow/tfjs-backend-cpu')
  await activateTfjs('cpu')
  return {
    backend: createEagerBackend({
      name: 'cpu',
      tfjsName: 'cpu',
      device: `${cpuName()} (plain JavaScript)`,
      isDeterministic: true,
    }),
    memory: totalmem(),
  }
}

async function openOnnx({ threads }: OpenOptions): Promise<Opened> {
  return { backend: createOnnxBackend({ threads: threads ?? 0 }), memory: totalmem() }
}

async function openOnnxWebgpu({ isAskedFor }: OpenOptions): Promise<Opened> {
  const adapter = await webgpuAdapter()
  refuseSoftware(adapter, isAskedFor)
  return { backend: await createResidentBackend({ device: 'webgpu', title: adapterName(adapter) }), memory: null }
}

async function openOnnxCuda(): Promise<Opened> {
  const path = libraryPath()
  requireCudaFiles(path, openLibrary(path).version)
  return { backend: await createResidentBackend({ device: 'cuda' }), memory: null }
}

export const CANDIDATES: readonly Candidate[] = [
  { name: 'tensorflow', isAutomatic: true, open: openTensorflow },
  { name: 'webgpu', isAutomatic: true, open: openWebgpu },
  { name: 'onnx', isAutomatic: true, open: openOnnx },
  { name: 'onnx-webgpu', isAutomatic: false, open: openOnnxWebgpu },
  { name: 'onnx-cuda', isAutomatic: false, open: openOnnxCuda },
  { name: 'wasm', isAutomatic: true, open: openWasm },
  { name: 'cpu', isAutomatic: true, open: openCpu },
]
