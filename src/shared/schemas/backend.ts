/** The state of a backend. */
import type { BackendName } from './plan'

/** One backend, as found on this machine. */
export interface BackendReport {
  readonly name: BackendName
  readonly isAvailable: boolean
  /** Why it is unavailable, in one sentence; null when available. */
  readonly reason: string | null
  readonly device: string | null
  /** Bytes; null where the device does not say. */
  readonly memory: number | null
  /** Worst relative difference from the stored loss and gradients; null when it could not run. */
  readonly selfTest: number | null
  /** Billions of floating-point operations a second of a float32 matrix product; null when not measured. */
  readonly gflops: number | null
}

export interface Doctor {
  readonly candidates: readonly BackendReport[]
  readonly chosen: BackendName | null
}
