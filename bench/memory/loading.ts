/** What loading a checkpoint needs besides its result: a separate process reads all weights and keeps them. */

import { isNarrowTensor } from '@main/formats/host-tensor'
import { readModelConfig } from '@main/formats/model-config'
import type { BasePrecision } from '@main/formats/narrow-weights'
import { loadBase } from '@main/formats/weights'
import { rounded } from '../statistics'

export interface LoadingCase {
  readonly stored: 'BF16' | 'F32'
  readonly precision: BasePrecision
}

export const LOADING: readonly LoadingCase[] = (['BF16', 'F32'] as const).flatMap((stored) =>
  (['float32', 'float16', 'int8'] as const).map((precision) => ({ stored, precision })),
)

const MB = (bytes: number) => Math.round(bytes / 1e6)

export function measureLoading({ stored, precision }: LoadingCase, folder: string): object {
  const before = process.memoryUsage.rss()
  const begin = performance.now()
  const weights = loadBase(folder, readModelConfig(folder), precision)
  const seconds = (performance.now() - begin) / 1000
  const bytes = [...weights.values()].reduce(
    (sum, tensor) => sum + tensor.data.byteLength + (isNarrowTensor(tensor) ? (tensor.scale?.byteLength ?? 0) : 0),
    0,
  )
  const peak = process.resourceUsage().maxRSS * 1024
  return {
    stored,
    precision,
    weightsMB: MB(bytes),
    beforeMB: MB(before),
    residentMB: MB(process.memoryUsage.rss()),
    peakMB: MB(peak),
    besideMB: MB(peak - before - bytes),
    seconds: rounded(seconds, 2),
  }
}
