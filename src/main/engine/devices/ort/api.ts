/**
 * The functions of ONNX Runtime's C API that we use, typed. Indices and signatures are those of `struct OrtApi` in its public header
 * onnxruntime_c_api.h. A status that is not null becomes an OrtError and is released.
 */
import koffi from 'koffi'
import type { CFunction, OrtLibrary } from './library'

/** An object of ONNX Runtime, or memory; never 0. */
export type Pointer = bigint

/** What ONNX Runtime said, in its own words. */
export class OrtError extends Error {
  override readonly name = 'OrtError'
}

const P = 'void *'
const OUT = '_Out_ void **'

interface Entry {
  readonly index: number
  readonly parameters: readonly string[]
}
const entry = (index: number, ...parameters: string[]): Entry => ({ index, parameters })

/** Functions that return a status. */
const FUNCTIONS = {
  CreateEnv: entry(3, 'int', 'str', OUT),
  CreateSessionFromArray: entry(8, P, P, 'size_t', P, OUT),
  Run: entry(9, P, P, P, P, 'size_t', P, 'size_t', P),
  CreateSessionOptions: entry(10, OUT),
  EnableProfiling: entry(14, P, 'str'),
  DisableMemPattern: entry(17, P),
  DisableCpuMemArena: entry(19, P),
  SetSessionLogSeverityLevel: entry(22, P, 'int'),
  SetSessionGraphOptimizationLevel: entry(23, P, 'int'),
  SetIntraOpNumThreads: entry(24, P, 'int'),
  CreateTensorAsOrtValue: entry(48, P, P, 'size_t', 'int', OUT),
  CreateTensorWithDataAsOrtValue: entry(49, P, P, 'size_t', P, 'size_t', 'int', OUT),
  CreateMemoryInfo: entry(68, 'str', 'int', 'int', 'int', OUT),
  CreateCpuMemoryInfo: entry(69, 'int', 'int', OUT),
  AllocatorFree: entry(76, P, P),
  GetAllocatorWithDefaultOptions: entry(78, OUT),
  SessionEndProfiling: entry(110, P, P, OUT),
  AddSessionConfigEntry: entry(130, P, 'str', 'str'),
  CreateAllocator: entry(131, P, P, OUT),
  SessionOptionsAppendExecutionProvider_CUDA_V2: entry(204, P, P),
  CreateCUDAProviderOptions: entry(205, OUT),
  SessionOptionsAppendExecutionProvider: entry(216, P, 'str', P, P, 'size_t'),
  CopyTensors: entry(386, P, P, P, P, 'size_t'),
  Session_GetEpGraphAssignmentInfo: entry(407, P, OUT, '_Out_ size_t *'),
  EpAssignedSubgraph_GetEpName: entry(408, P, '_Out_ str *'),
  EpAssignedSubgraph_GetNodes: entry(409, P, OUT, '_Out_ size_t *'),
  EpAssignedNode_GetName: entry(410, P, '_Out_ str *'),
  EpAssignedNode_GetOperatorType: entry(412, P, '_Out_ str *'),
} as const

/** Functions that return nothing. */
const RELEASES = {
  ReleaseStatus: 93,
  ReleaseMemoryInfo: 94,
  ReleaseSession: 95,
  ReleaseValue: 96,
  ReleaseSessionOptions: 100,
  ReleaseAllocator: 132,
  ReleaseCUDAProviderOptions: 208,
} as const

type Name = keyof typeof FUNCTIONS

export interface OrtApi {
  readonly version: string
  /** @throws OrtError */
  call(name: Name, ...args: readonly unknown[]): void
  /** A call whose last parameter receives a pointer. @throws OrtError */
  make(name: Name, ...args: readonly unknown[]): Pointer
  /** A call whose last parameter receives a text. @throws OrtError */
  text(name: Name, ...args: readonly unknown[]): string
  /** A call whose last two parameters receive an array of pointers that its owner keeps, and their number. @throws OrtError */
  list(name: Name, ...args: readonly unknown[]): Pointer[]
  /** On another thread. `args` are kept until it is done, what they point to in turn is not. @throws OrtError */
  later(name: Name, ...args: readonly unknown[]): Promise<void>
  /** As `later`, with a last parameter that receives a pointer. @throws OrtError */
  makeLater(name: Name, ...args: readonly unknown[]): Promise<Pointer>
  release(name: keyof typeof RELEASES, object: Pointer): void
}

/** Where the memory of an array is. It stays there as long as the array lives. */
export const addressOf = (bytes: ArrayBufferView): Pointer => koffi.address(bytes)

/** What calls on other threads point to: koffi does not keep it alive for them. */
const inUse = new Set<readonly unknown[]>()

export function bindApi(library: OrtLibrary): OrtApi {
  const functions = Object.fromEntries(
    Object.entries(FUNCTIONS).map(([name, { index, parameters }]) => [name, library.fn(index, P, parameters)]),
  ) as Record<Name, CFunction>
  const releases = Object.fromEntries(
    Object.entries(RELEASES).map(([name, index]) => [name, library.fn(index, 'void', [P])]),
  ) as Record<keyof typeof RELEASES, CFunction>
  const messageOf = library.fn(2, 'str', [P])

  /** Null is success. */
  const check = (status: unknown): void => {
    if (!status) return
    const message = String(messageOf(status))
    releases.ReleaseStatus(status)
    throw new OrtError(message)
  }
  const call = (name: Name, ...args: readonly unknown[]): void => check(functions[name](...args))
  const later = (name: Name, ...args: readonly unknown[]): Promise<void> =>
    new Promise((resolve, reject) => {
      inUse.add(args)
      functions[name].async(...args, (error: unknown, status: unknown) => {
        inUse.delete(args)
        try {
          if (error) throw error
          check(status)
          resolve()
        } catch (failure) {
          reject(failure)
        }
      })
    })
  const received = (name: Name, args: readonly unknown[], count: number): unknown[] => {
    const boxes = Array.from({ length: count }, () => [null] as unknown[])
    call(name, ...args, ...boxes)
    return boxes.map(([value]) => value)
  }

  return {
    version: library.version,
    call,
    make: (name, ...args) => received(name, args, 1)[0] as Pointer,
    text: (name, ...args) => String(received(name, args, 1)[0]),
    list(name, ...args) {
      const [array, count] = received(name, args, 2) as [Pointer, number]
      return Number(count) === 0 ? [] : (koffi.decode(array, koffi.array(P, Number(count))) as Pointer[])
    },
    later,
    async makeLater(name, ...args) {
      const box: unknown[] = [null]
      await later(name, ...args, box)
      return box[0] as Pointer
    },
    release: (name, object) => void releases[name](object),
  }
}
