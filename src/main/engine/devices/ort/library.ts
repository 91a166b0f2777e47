/** The shared library of ONNX Runtime that onnxruntime-node ships, and its table of C functions. Knows nothing of what they do. */
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { GpoError } from '@shared/errors'
import { shown } from '@shared/shown'
import koffi from 'koffi'

/**
 * The version of `OrtApi` that the indices of `api.ts` are of. The table only grows, so that any library that knows this version has all of them where
 * they are expected.
 */
export const API_VERSION = 24

/**
 * koffi runs C functions on stacks of its own, and those for calls on other threads have 128 KiB. Session optimisers and compilers of shaders recurse
 * deeper. The memory is only reserved.
 */
const STACK = 8 * 2 ** 20

let isConfigured = false

/** Once a process, before the first call. */
function configure(): void {
  if (isConfigured) return
  koffi.config({ sync_stack_size: STACK, async_stack_size: STACK, resident_async_pools: 4, max_async_calls: 64 })
  isConfigured = true
}

export interface OrtLibrary {
  /** As `1.30.0`. */
  readonly version: string
  /** The entry at an index of `OrtApi` as a C function. */
  fn(index: number, result: string, parameters: readonly string[]): CFunction
}

/** A C function; `async` runs it on another thread and calls back with what it returns. */
export interface CFunction {
  (...args: readonly unknown[]): unknown
  async(...args: readonly unknown[]): void
}

const NAME = /^(?:lib)?onnxruntime[.\d]*\.(?:so(?:\.\d+)*|dylib|dll)$/

/** @throws GpoError('backend') when the package has no library for this platform */
export function libraryPath(): string {
  const root = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'))
  const system = `${process.platform}-${process.arch}`
  const missing = () =>
    new GpoError(
      'backend',
      `onnxruntime-node has no ONNX Runtime for ${system}: the backends 'wasm' and 'cpu' need none`,
    )
  const folders = readdirSync(join(root, 'bin')).map((napi) => join(root, 'bin', napi, process.platform, process.arch))
  for (const folder of folders) {
    const names = filesOf(folder)
    const name = names.find((name) => NAME.test(name))
    if (name) return join(folder, name)
  }
  throw missing()
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/**
 * @param path of the shared library
 * @throws GpoError('backend') when it cannot be loaded, is no ONNX Runtime or is older than `API_VERSION`
 */
export function openLibrary(path = libraryPath()): OrtLibrary {
  configure()
  const base = entryOf(path)
  const [getApi, getVersion] = koffi.decode(base, koffi.array('void *', 2)) as [bigint, bigint]
  const version = String(koffi.decode(getVersion, koffi.proto('str', []))())
  const table = koffi.decode(getApi, koffi.proto('void *', ['uint32_t']))(API_VERSION) as bigint | null
  if (!table) {
    throw new GpoError(
      'backend',
      `ONNX Runtime ${shown(version)} has no C API of version ${API_VERSION}: install onnxruntime-node 1.${API_VERSION} or newer (\`npm ci\`)`,
    )
  }
  const pointers = new Map<number, bigint>()
  return {
    version,
    fn(index, result, parameters) {
      const pointer = pointers.get(index) ?? (koffi.decode(table, index * 8, 'void *') as bigint)
      pointers.set(index, pointer)
      return koffi.decode(pointer, koffi.proto(result, [...parameters])) as CFunction
    },
  }
}

/** koffi unloads a library when its object is collected, however many of its functions are still known. */
const loaded: unknown[] = []

function entryOf(path: string): bigint {
  try {
    const library = koffi.load(path)
    loaded.push(library)
    return library.func('OrtGetApiBase', 'void *', [])() as bigint
  } catch (error) {
    throw new GpoError(
      'backend',
      `ONNX Runtime could not be loaded from ${shown(path)}: ${shown((error as Error).message)}`,
      {
        cause: error,
      },
    )
  }
}
